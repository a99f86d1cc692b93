// The whole page says in which language it is, its title with it: a reader of screens pronounces it by that.
import { useEffect } from "react";

export function Spoken({ language }) {
  useEffect(() => {
    if (language) document.documentElement.lang = language;
  }, [language]);
  return null;
}
