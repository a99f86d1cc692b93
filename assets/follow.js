// Keep the entry of a list that is open in sight, when the keys or an act led on to another.
import { useEffect } from "react";

export function Follow({ shown }) {
  useEffect(() => {
    document.getElementById(shown)?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  return null;
}
