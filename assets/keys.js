// Keyboard use of the screens: single keys, focus shortcuts, and arrows within lists.
import { useEffect, useRef } from "react";

const writing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA)$/.test(element.tagName));

// In an open menu, and on the button that opens it, letters look for an entry.
const typing = (element) =>
  writing(element) || element?.tagName === "SELECT" || element?.closest?.("[role=listbox], [role=combobox]");

const named = (event) =>
  (event.ctrlKey || event.metaKey ? "ctrl+" : "") + (event.key.length === 1 ? event.key.toLowerCase() : event.key);

function moveFocus(event) {
  const list = event.target.closest("[data-arrows]");
  if (!list || !/^Arrow(Up|Down)$/.test(event.key)) return false;
  const stops = [...list.querySelectorAll("input, a[href], button:not(:disabled)")].filter((e) => e.offsetParent);
  const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
  return true;
}

// Ctrl Enter sends the form that is being filled in, once, whoever else listens.
const sent = new WeakSet();

function sendForm(event) {
  const form = writing(event.target) && event.target.closest("form");
  if (!form || named(event) !== "ctrl+Enter") return false;
  event.preventDefault();
  if (!sent.has(event) && !event.repeat) form.requestSubmit();
  sent.add(event);
  return true;
}

// A notice that has faded is still there, to be read again; what cannot be seen is not pressed.
const visible = (element) => getComputedStyle(element).visibility !== "hidden";

// `leaving` is an element that is on its way out: the next customer brings another one of the same id.
function putFocus(id, leaving) {
  const target = document.getElementById(id);
  if (!target || target === leaving) return false;
  target.focus();
  if (target.tagName === "INPUT") target.select();
  return true;
}

// A field that the next customer brings gets the focus when it is there, and again whenever it is drawn anew, unless
// somebody pressed or clicked meanwhile.
const LONGEST_WAIT = 10000;
const LONGEST_LEAVE = 1000;

function putFocusSoon(id, leaving = null) {
  const ends = new AbortController();
  let had = leaving;
  const watch = new MutationObserver(() => {
    if (putFocus(id, had)) had = document.getElementById(id);
  });
  ends.signal.addEventListener("abort", () => watch.disconnect());
  watch.observe(document.body, { subtree: true, childList: true });
  // Nothing else came yet, so this one may stay; if it leaves after all, the other one still gets the focus.
  const isElsewhere = () => !ends.signal.aborted && document.activeElement !== had;
  if (leaving) setTimeout(() => isElsewhere() && putFocus(id), LONGEST_LEAVE);
  setTimeout(() => ends.abort(), LONGEST_WAIT);
  const other = { capture: true, signal: ends.signal };
  setTimeout(() => ["keydown", "pointerdown"].forEach((act) => document.addEventListener(act, () => ends.abort(), other)));
}

export function Keys({ keys = [], focus = {}, press = {}, shown = "", leadsOn = [], onKey }) {
  // What was on the screen when somebody pressed what leads on, and when that was.
  const left = useRef({ shown: null, at: 0 });
  useEffect(() => {
    const leads = () => (left.current = { shown, at: performance.now() });
    const isLeaving = () => left.current.shown === shown && performance.now() - left.current.at < LONGEST_LEAVE;
    const pressed = (event) => {
      if (leadsOn.includes(named(event)) && (!typing(event.target) || event.ctrlKey || event.metaKey)) leads();
      if (sendForm(event)) return;
      if (event.key === "Escape" && event.target.closest("[data-arrows]")) event.target.blur();
      const key = named(event);
      const isCommand = key.startsWith("ctrl+");
      // A Radix checkbox swallows Enter, with Ctrl too.
      if (event.defaultPrevented && !isCommand) return;
      if (event.altKey || event.isComposing || moveFocus(event)) return;
      if (key === "Escape" && typing(event.target) && !event.target.closest("[role=dialog], [role=alertdialog]"))
        event.target.blur();
      if (!isCommand && (typing(event.target) || document.querySelector("[role=dialog], [role=alertdialog]"))) return;
      // A key that is held down moves on and on; it does not act on one customer after the other.
      if (event.repeat && !/^[jk]$/.test(key)) return;
      if (focus[key]) {
        const leaving = isLeaving() ? document.getElementById(focus[key]) : null;
        if (putFocus(focus[key], leaving)) {
          event.preventDefault();
          // The next customer may be here already and the field still the one before's: its own gets the focus then.
          putFocusSoon(focus[key], document.activeElement);
        } else putFocusSoon(focus[key], leaving);
      } else if (press[key]) {
        const there = [...document.querySelectorAll(press[key])].filter(visible);
        if (!there.length) return;
        event.preventDefault();
        there[there.length - 1].click();
      } else if (keys.includes(key) && onKey) {
        event.preventDefault();
        onKey(key);
      }
    };
    // A followed link of an open list closes it: the list shows while the focus is inside.
    const followed = (event) => event.target.closest("[data-arrows] a")?.blur();
    document.addEventListener("keydown", pressed);
    document.addEventListener("click", followed);
    if (leadsOn.length) document.addEventListener("submit", leads, true);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("click", followed);
      document.removeEventListener("submit", leads, true);
    };
  }, [JSON.stringify(keys), JSON.stringify(focus), JSON.stringify(press), JSON.stringify(leadsOn), shown, onKey]);
  return null;
}
