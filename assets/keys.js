// Keyboard use of the screens: single keys, focus shortcuts, and arrows within lists.
import { useEffect } from "react";

const typing = (element) =>
  element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

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

export function Keys({ keys = [], focus = {}, onKey }) {
  useEffect(() => {
    const pressed = (event) => {
      if (event.key === "Escape" && event.target.closest("[data-arrows]")) event.target.blur();
      const key = named(event);
      const isCommand = key.startsWith("ctrl+");
      // A Radix checkbox swallows Enter, with Ctrl too.
      if (event.defaultPrevented && !isCommand) return;
      if (event.altKey || event.isComposing || moveFocus(event)) return;
      if (!isCommand && (typing(event.target) || document.querySelector("[role=dialog], [role=alertdialog]"))) return;
      if (focus[key]) {
        const target = document.getElementById(focus[key]);
        if (!target) return;
        event.preventDefault();
        target.focus();
        target.select?.();
      } else if (keys.includes(key) && onKey) {
        event.preventDefault();
        onKey(key);
      }
    };
    // A followed link of an open list closes it: the list shows while the focus is inside.
    const followed = (event) => event.target.closest("[data-arrows] a")?.blur();
    document.addEventListener("keydown", pressed);
    document.addEventListener("click", followed);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("click", followed);
    };
  }, [JSON.stringify(keys), JSON.stringify(focus), onKey]);
  return null;
}
