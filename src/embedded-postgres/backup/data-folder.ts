/** What a data folder keeps beside the cluster: the keys of provider secrets, and the demo's token. */
export const DATA_BESIDE_CLUSTER = ["provider-secret-keys", "demo-token"] as const;

/** All that belongs to a data folder's database. */
export const DATA_FOLDER_PARTS = ["postgres", ...DATA_BESIDE_CLUSTER] as const;
