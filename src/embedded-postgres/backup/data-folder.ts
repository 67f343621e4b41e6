/** The parts of a data folder outside the cluster: the keys of provider secrets, and the demo's token. */
export const DATA_BESIDE_CLUSTER = ["provider-secret-keys", "demo-token"] as const;

/** All parts of a data folder. */
export const DATA_FOLDER_PARTS = ["postgres", ...DATA_BESIDE_CLUSTER] as const;
