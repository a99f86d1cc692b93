// Ask for news every few seconds, only while somebody can see the screen.
import { useEffect, useRef } from "react";

export function Ticker({ seconds = 5, onTick }) {
  const latest = useRef(onTick);
  latest.current = onTick;
  useEffect(() => {
    const tick = () => document.visibilityState === "visible" && latest.current?.();
    const timer = setInterval(tick, seconds * 1000);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [seconds]);
  return null;
}
