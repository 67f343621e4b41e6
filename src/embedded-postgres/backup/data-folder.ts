/** The parts of a data folder outside the cluster: the keys of provider secrets, and the demo's token. */
export const OTHER_DATA_FILES = ["provider-secret-keys", "demo-token"] as const;

/** All parts of a data folder. */
export const DATA_FOLDER_PARTS = ["postgres", ...OTHER_DATA_FILES] as const;
