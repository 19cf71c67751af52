"""The requests of a page, their responses, and the errors and violations of its policy."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", event =>
  reportViolation(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""


class Wire:
    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.violations: list[str] = []
        self.errors: list[str] = []
        context.on("request", self._note_request)
        context.on("response", self._note_response)
        context.on("weberror", self._note_error)
        context.on("console", self._note_message)
        context.expose_binding("reportViolation", self._note_violation)
        context.add_init_script(_REPORT_VIOLATIONS)

    def origins(self) -> set[str]:
        """Of everything that was asked for, but what the page itself holds."""
        split = [urlsplit(each.url) for each in self.requests]
        return {f"{url.scheme}://{url.netloc}" for url in split if url.scheme.startswith("http")}

    def asked(self, words: str) -> list[Request]:
        return [each for each in self.requests if words in each.url]

    def answers(self, ending: str) -> list[Response]:
        return [each for each in self.responses if each.url.endswith(ending)]

    def forget(self) -> None:
        self.requests.clear()
        self.responses.clear()

    def _note_request(self, request: Request) -> None:
        self.requests.append(request)

    def _note_response(self, response: Response) -> None:
        self.responses.append(response)

    def _note_error(self, error: WebError) -> None:
        self.errors.append(str(error.error))

    def _note_message(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def _note_violation(self, _source: object, violation: str) -> None:
        self.violations.append(violation)
