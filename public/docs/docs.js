const start = JSON.parse(document.getElementById("start").textContent);

const darkness = window.matchMedia("(prefers-color-scheme: dark)");
const followColorScheme = () =>
  document.documentElement.classList.toggle("dark-mode", darkness.matches);
darkness.addEventListener("change", followColorScheme);
followColorScheme();

const response = await window.fetch("/openapi.json");
const ui = window.SwaggerUIBundle({
  dom_id: "#docs",
  spec: withLocalExamples(await response.json()),
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // Do not call Swagger's online validator.
  validatorUrl: null,
  requestInterceptor: withScheme,
  onComplete: () => {
    if (start.authorization !== null) ui.preauthorizeApiKey("ApiToken", start.authorization);
  },
});

/** Replaces the examples' ids by those of records that this server has. */
function withLocalExamples(document) {
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (method === "servers") continue;
      let text = JSON.stringify(operation);
      for (const [from, to] of Object.entries(start.examples[operation.operationId] ?? {})) {
        text = text.replaceAll(from, to);
      }
      item[method] = withEmptyFilters(JSON.parse(text));
    }
  }
  return document;
}

/** Without an example, the page would fill in every operator of every filter. */
function withEmptyFilters(operation) {
  for (const parameter of operation.parameters ?? []) {
    if (parameter.style === "deepObject") parameter.example = {};
  }
  return operation;
}

/** Sends a pasted token with one scheme, whether it was pasted with `Token `, `Bearer ` or neither. */
function withScheme(request) {
  const { Authorization: pasted } = request.headers;
  if (pasted !== undefined) {
    const secret = pasted.trim().replace(/^((token|bearer)\s+)+/i, "");
    request.headers.Authorization = `Token ${secret}`;
  }
  return request;
}
