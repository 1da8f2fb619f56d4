/** The tables of the directory of merchants, and of the names that people give. */
/** A version of the directory: the one in use, one that is being imported, or an older one until it is deleted. */
export interface DirectoryVersionsTable {
  version: number;
  /** When it was last written to; a version that is not in use is deleted some time after. */
  touched_at: number;
  /** How many merchants it has. */
  entries: number;
  /** The digest of its entries; null until it is complete. */
  digest: string | null;
  /** Who imported it, a Slack user ID or `bot` for the terminal, and when; null until it is in use. */
  imported_by: string | null;
  imported_at: number | null;
}

/** The names of merchants. */
export interface DirectoryTable {
  version: number;
  sub_mchid: string;
  /** Its place in the imported file, from 0; there can be gaps. */
  position: number;
  name: string;
  note: string | null;
}

/** The positions of the merchants whose name or number contains two characters one after the other. */
export interface DirectoryBigramsTable {
  version: number;
  bigram: string;
  /** Positions are stored in blocks; see src/ledger/directory/index/position-set.ts. */
  block: number;
  /** How many positions. */
  entries: number;
  positions: string;
}

/** The names that a requester gave beside numbers. */
export interface GivenNamesTable {
  request_id: string;
  sub_mchid: string;
  given_as: string;
}
