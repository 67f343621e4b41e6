import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap grow by half of what is in use before it is collected. Left alone, V8 lets it grow by
 * several times where the machine has much memory: under charges and reads at once the server then took
 * 330 MB at times, with this 210 MB all along, and answered as much (`npm run bench -- soak`).
 */
export function keepHeapSteady(): void {
  setFlagsFromString("--heap-growing-percent=50");
}
