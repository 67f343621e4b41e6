/** @param {number[]} values in any order. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The smallest value that at least `percent` percent of the values do not exceed (nearest rank).
 *
 * @param {Float64Array[]} parts values in any order.
 * @param {number} percent above 0, at most 100.
 */
export function percentile(parts, percent) {
  const sorted = Float64Array.from(parts.flatMap((part) => [...part])).sort();
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1];
}
