/** Colors of series, each readable on the background of its color scheme. Their order distinguishes bars as well. */
export const COLORS = {
  blue: { light: "#1971c2", dark: "#4dabf7" },
  orange: { light: "#e8590c", dark: "#ffa94d" },
  grape: { light: "#862e9c", dark: "#da77f2" },
  teal: { light: "#087f5b", dark: "#38d9a9" },
} as const;
