"""A person before a browser: one context whose pages are watched for everything that must not happen."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.browser.axe import faults_of

CSP_ALOUD = """addEventListener('securitypolicyviolation', function (event) {
  console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI);
});"""


class Seat:
    """A person's page. `complaints` gathers console errors, CSP violations, dialogs and answers that are errors."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        self.allowed: set[int] = set()
        context.add_init_script(CSP_ALOUD)
        context.on("page", self._watch)
        self.page: Page = context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on(
            "dialog", lambda dialog: (self.complaints.append(f"{page.url}: dialog {dialog.message}"), dialog.dismiss())
        )
        page.on("response", self._answered)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:  # the answers tell it better
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def open(self, path: str) -> Page:
        """Open an address of the product."""
        self.page.goto(path)
        return self.page

    def allow(self, *statuses: int) -> None:
        """Expect error answers of these kinds from now on."""
        self.allowed |= set(statuses)

    def find(self, words: str) -> None:
        """Ask for something by the keyboard, once the page stands and hears its keys."""
        self.page.wait_for_load_state()
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(words)

    def see(self, text: str) -> Locator:
        """Wait until a text is seen on the page."""
        found = self.page.get_by_text(text).filter(visible=True).first
        found.wait_for()
        return found

    def press(self, name: str, role: str = "button") -> None:
        """Press the button (or link) of this name."""
        self.page.get_by_role(role, name=name, exact=True).filter(visible=True).first.click()  # type: ignore[arg-type]

    def unfold(self, name: str) -> None:
        """Open what is folded away under this name."""
        self.page.locator("summary").filter(has_text=name).first.click()

    def check(self) -> None:
        """Fail where this page has a fault that axe finds."""
        found = faults_of(self.page)
        assert not found, "\n".join(found)
