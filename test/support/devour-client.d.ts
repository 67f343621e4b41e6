/** The part of devour-client that the tests use. The package has no types. */
declare module "devour-client" {
  type Model = Record<string, unknown> & { id: string };
  interface Answer<Data> {
    data: Data;
    meta: Record<string, Record<string, number>>;
  }
  export default class JsonApi {
    constructor(options: {
      apiUrl: string;
      logger: boolean;
      errorBuilder?: (error: Record<string, unknown>) => unknown;
    });
    headers: Record<string, string>;
    define(name: string, attributes: Record<string, unknown>): void;
    find(name: string, id: string, parameters?: object): Promise<Answer<Model>>;
    findAll(name: string, parameters?: object): Promise<Answer<Model[]>>;
    create(name: string, model: object): Promise<Answer<Model>>;
    update(name: string, model: object): Promise<Answer<Model>>;
  }
}
