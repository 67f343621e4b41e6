/** The part of WebAssembly that is used here; TypeScript declares it for browsers only. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  type Imports = Record<string, Record<string, unknown>>;
  function instantiate(
    bytes: Uint8Array,
    imports: Imports,
  ): Promise<{ instance: { exports: Exports } }>;
}
