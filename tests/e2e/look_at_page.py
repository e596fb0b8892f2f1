#!/usr/bin/env python3
"""Opens a page in headless Chromium, as a phone and as a desktop, in the light and in the dark, and prints what is wrong with it.

    look_at_page.py CHROMIUM PAGE [SCREENSHOTS]

Nothing but the page itself may be asked for, nothing may be complained of, nothing may stick out of the screen, and text must stand out
from what is behind it. Speaks Chromium's protocol through pipes, so that it needs nothing but Python.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# What a person would see: how far the page reaches, how small text is, and how text stands out (as WCAG counts it: 4.5 is enough).
LOOK = r"""(() => {
  const light = ([r, g, b]) => {
    const part = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const colour = text => text.match(/[\d.]+/g).map(Number);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const found = colour(getComputedStyle(e).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const faint = [], small = [], narrow = [], out = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    const box = element.getBoundingClientRect();
    if (box.right > WIDTH + 1 && !element.closest('pre')) out.push(element.tagName + ' ' + element.textContent.trim().slice(0, 40));
    if (!own) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(colour(style.color)), light(behind(element))].sort((x, y) => y - x);
    const text = element.textContent.trim().slice(0, 40);
    if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(text);
    if (parseFloat(style.fontSize) < 12) small.push(text);
    // More lines than words: words are torn apart.
    const range = document.createRange();
    range.selectNodeContents(element);
    const lines = new Set([...range.getClientRects()].filter(r => r.width).map(r => Math.round(r.top))).size;
    if (/^T[DH]$/.test(element.tagName) && lines > element.textContent.trim().split(/[\s-]+/).length) narrow.push(text);
  }
  return JSON.stringify({
    width: document.documentElement.scrollWidth, text: document.body.innerText.length,
    background: getComputedStyle(document.body).backgroundColor, faint, small, narrow, out,
  });
})()"""


class Browser:
    """Chromium at the other end of two pipes."""

    def __init__(self, program, home):
        (self_read, theirs_write), (theirs_read, self_write) = os.pipe(), os.pipe()

        def connect():
            # The numbers that --remote-debugging-pipe reads from and writes to; by way of high ones, that none is lost.
            read, write = os.dup2(theirs_read, 103), os.dup2(theirs_write, 104)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={home}", "about:blank"],
            preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(theirs_read)
        os.close(theirs_write)
        self.input, self.output = os.fdopen(self_write, "wb"), os.fdopen(self_read, "rb")
        self.sent, self.session, self.events = 0, None, []

    def receive(self):
        message = b""
        while (byte := self.output.read(1)) != b"\0":
            if not byte:
                sys.exit("Chromium ended before it answered")
            message += byte
        return json.loads(message)

    def call(self, method, **parameters):
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.input.write(json.dumps(message).encode() + b"\0")
        self.input.flush()
        while True:
            answer = self.receive()
            if answer.get("id") == self.sent:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def until(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())


def look(browser, page, width, scheme, pictures):
    """What is wrong with the page at this width and in these colours, and the colour behind it."""
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.events.clear()
    for domain in ("Page", "Network", "Runtime", "Log"):
        browser.call(f"{domain}.enable")
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 500)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.events.clear()
    url = pathlib.Path(page).resolve().as_uri()
    browser.call("Page.navigate", url=url)
    browser.until("Page.loadEventFired")
    seen = json.loads(browser.call("Runtime.evaluate", expression=LOOK.replace("WIDTH", str(width)))["result"]["value"])
    if pictures:
        picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        pathlib.Path(pictures, f"{width}-{scheme}.png").write_bytes(base64.b64decode(picture))
    wrong = []
    for event in browser.events:
        what = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent" and what["request"]["url"] != url:
            wrong.append(f"asks for {what['request']['url']}")
        if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            wrong.append(f"complains: {json.dumps(what)}")
    if seen["text"] < 200:
        wrong.append("shows next to nothing")
    if seen["width"] > width:
        wrong.append(f"is {seen['width']} pixels wide")
    for name, words in (("faint", "is hard to see"), ("small", "is too small"), ("narrow", "has no room"), ("out", "sticks out")):
        wrong += [f"{text!r} {words}" for text in seen[name][:5]]
    browser.session = None
    browser.call("Target.closeTarget", targetId=target)
    return [f"at {width} pixels, {scheme}: {what}" for what in wrong], seen["background"]


def main():
    program, page, *pictures = sys.argv[1:]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = Browser(program, home)
        try:
            wrong, behind = [], {}
            for width in (360, 1280):
                for scheme in ("light", "dark"):
                    found, behind[scheme] = look(browser, page, width, scheme, pictures[0] if pictures else None)
                    wrong += found
            if behind["light"] == behind["dark"]:
                wrong.append(f"is the same in the dark: {behind}")
        finally:
            browser.process.terminate()
            browser.process.wait()
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
