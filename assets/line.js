// The line to the server: said at once when it is lost, and for a moment that it is back.
import { Children, createElement as h, useEffect, useRef, useState } from "react";

const BACK_FOR = 6000;

export function Line({ failed, children }) {
  const [cut, setCut] = useState(false);
  const [isBack, setBack] = useState(false);
  const [lost, back] = Children.toArray(children);
  const isLost = failed || cut;
  const was = useRef(false);
  // The machine knows of a pulled plug before the line does; what it calls online may still reach nobody.
  useEffect(() => {
    const told = () => setCut(!navigator.onLine);
    addEventListener("offline", told);
    addEventListener("online", told);
    told();
    return () => {
      removeEventListener("offline", told);
      removeEventListener("online", told);
    };
  }, []);
  useEffect(() => {
    const before = was.current;
    was.current = isLost;
    setBack(before && !isLost);
    if (!before || isLost) return undefined;
    const timer = setTimeout(() => setBack(false), BACK_FOR);
    return () => clearTimeout(timer);
  }, [isLost]);
  // Both places are always there, so that what comes into them is read out.
  return h(
    "div",
    { "data-line": isLost ? "lost" : "there" },
    h("div", { role: "alert" }, isLost ? lost : null),
    h("div", { role: "status" }, isBack && !isLost ? back : null),
  );
}
