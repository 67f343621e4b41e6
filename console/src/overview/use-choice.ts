import { useSearchParams } from "wouter";

/** One of several options, kept in the address. The first one, if the address has none that exists. */
export function useChoice<Option extends { readonly name: string }>(
  parameter: string,
  options: readonly Option[],
): [Option | undefined, (name: string) => void] {
  const [params, setParams] = useSearchParams();
  const given = params.get(parameter);
  const chosen = options.find(({ name }) => name === given) ?? options[0];
  const choose = (name: string): void => {
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        next.set(parameter, name);
        return next;
      },
      { replace: true },
    );
  };
  return [chosen, choose];
}
