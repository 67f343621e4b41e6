import { Watch } from "./watch.js";

const form = document.querySelector("#connection");

/** The current connection. */
let current;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { url, token } = Object.fromEntries(new FormData(form));
  // Session storage ends with this tab, because a token is a password.
  sessionStorage.setItem("connection", JSON.stringify({ url, token }));
  watch({ url, token });
});

const kept = sessionStorage.getItem("connection");
if (kept !== null) {
  const connection = JSON.parse(kept);
  for (const [name, value] of Object.entries(connection)) form.elements[name].value = value;
  watch(connection);
}

function watch(connection) {
  current?.end();
  current = new Watch(connection);
  void current.run();
}
