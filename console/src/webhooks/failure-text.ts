/** What the codes of Node.js mean. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "The host refuses the connection",
  ECONNRESET: "The host closed the connection without an answer",
  EHOSTUNREACH: "The host cannot be reached",
  ENODATA: "The host's name has no address",
  ENOTFOUND: "The host's name cannot be resolved",
  EPIPE: "The host closed the connection without an answer",
  ETIMEDOUT: "The host does not answer",
  UND_ERR_SOCKET: "The host closed the connection without an answer",
};

const OF_CERTIFICATE = /CERT|UNABLE_TO_VERIFY/;

/** The failure of an attempt. A network error is a sentence with its code, such as "… (ENOTFOUND)". */
export function failureText(error: string): string {
  const code = /\b[A-Z][A-Z_]{4,}\b/.exec(error)?.[0] ?? "";
  const isOfCertificate = OF_CERTIFICATE.test(code);
  const meaning = isOfCertificate ? "The host's certificate is not valid" : MEANINGS[code];
  return meaning === undefined ? error : `${meaning} (${code})`;
}
