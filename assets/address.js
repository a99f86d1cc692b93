// A choice that is kept in the address is put there at once: an answer of the server's would come late, and take who
// had followed a link meanwhile back from it.
import { useNavigate } from "react-router";

export function useAddress() {
  const navigate = useNavigate();
  return (name, usual, chosen) => {
    const here = new URL(window.location.href);
    if (!chosen || chosen === usual) here.searchParams.delete(name);
    else here.searchParams.set(name, chosen);
    navigate(here.pathname + here.search);
  };
}
