"""The public addresses: start, sign-in, how one signs in, join, test shop."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.public import accounts, asking, friends, join, kinds, language, letters, media, shop, sign_in

# allauth asks for its pages by these names.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", sign_in.start, name="start"),
    path("sign-in", sign_in.sign_in, name="account_login"),
    path("sign-in/sent", sign_in.sign_in_sent, name="sign_in_sent"),
    path("sign-in/code", accounts.authenticate, name="mfa_authenticate"),
    path("sign-in/<str:secret>", sign_in.open_link, name="sign_in_link"),
    path("sign-in/<str:secret>/confirm", sign_in.confirm_link, name="sign_in_confirm"),
    path("sign-out", sign_in.sign_out, name="account_logout"),
    path("accounts/language", language.choose, name="choose_language"),
    path("accounts/security", accounts.security, name="mfa_index"),
    path("accounts/again", accounts.reauthenticate, name="account_reauthenticate"),
    path("accounts/again/code", accounts.code_again, name="mfa_reauthenticate"),
    path("accounts/app", accounts.activate_app, name="mfa_activate_totp"),
    path("accounts/app/off", accounts.deactivate_app, name="mfa_deactivate_totp"),
    path("accounts/recovery-codes", accounts.recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/recovery-codes/new", accounts.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("accounts/recovery-codes/download", accounts.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("join/<slug:slug>", join.join, name="join"),
    path("join/<slug:slug>/sent", join.join_sent, name="join_sent"),
    path("join/<slug:slug>/invited/<str:secret>", join.invited, name="join_invited"),
    path("join/<slug:slug>/invited/<str:secret>/no", join.rather_not, name="join_rather_not"),
    path("join/<slug:slug>/terms", join.join_terms, name="join_terms"),
    path("types", kinds.types, name="types"),
    path("types/<int:number>", kinds.types_version, name="types_version"),
    path("shop/<slug:slug>", shop.shop, name="shop"),
    path("shop/<slug:slug>/try", shop.try_it, name="shop_try"),
    path("shop/<slug:slug>/buy", shop.buy, name="shop_buy"),
    path("shop/<slug:slug>/orders/<str:number>", shop.order, name="shop_order"),
    path("shop/<slug:slug>/orders/<str:number>/live", shop.order_live, name="shop_order_live"),
    path("ask/<slug:slug>", asking.ask, name="ask"),
    path("ask/<slug:slug>/thanks", asking.ask_thanks, name="ask_thanks"),
    path("friends/<slug:slug>", friends.friends, name="friends"),
    path("friends/<slug:slug>/sent", friends.friends_sent, name="friends_sent"),
    path("log/<str:secret>", asking.log, name="log"),
    path("media/<str:file>/<str:name>", media.media, name="media"),
    path("apply/<str:secret>", join.application, name="application"),
    path("letters/go/<str:token>", letters.letter_link, name="letter_link"),
    path("letters/seen/<str:token>.gif", letters.letter_picture, name="letter_picture"),
    path("letters/<str:token>", letters.letters, name="letters"),
]
