"""The words that decide how a name is read: what is no name, and what does not count in one."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("the a an el la los las le les der die das")
SMALL_WORDS = _words("to me of the a an my with for in on and from at by your us")
KINDS = _words(
    "podcast podcasts show channel channels app apps website websites site blog blogs newsletter series free premium "
    "youtube fm com inc"
)
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# Endings of web addresses: the first kind does not count, the second is part of the name.
SILENT_ENDINGS = _words("com org net io co fm tv ru me info dev ai us uk de fr es pl eu ro ua bg fi in ly biz")
SPOKEN_ENDINGS = _words("academy app blog camp club online podcast school shop show studio")
PLATFORMS = _words(
    "youtube twitter x instagram facebook tiktok twitch medium github patreon reddit linkedin t bsky threads"
)
LODGINGS = _words("wordpress blogspot substack medium tumblr github podbean")
FOLDERS = _words("c user channel r u in company groups")
TOO_PLAIN = _words("learn code podcast design python start talk radio music health")

# Answers that name nobody, and those that name a kind of thing.
NOTHING = _words(
    "na nan none nil null no nope nada nothing never nobody nichts ninguno ninguna nie brak nic нет 無 没有 idk dunno "
    "other others various several many any all everything same self me myself alot lots dne test asdf"
)
GENERIC = _words(
    "book blog podcast video website site tutorial article doc documentation internet inernet web school college "
    "university bootcamp friend coworker colleague work forum newsletter textbook course class mentor search app "
    "onlinecourse onlinebook onlinetutorial communitycollege selfstudy googlesearch youtubevideo youtubetutorial"
)
