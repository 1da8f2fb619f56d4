/** Files in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { SharedFile, State } from "../state.ts";

/** A file as an upload, a form and a message show it: with where it is shared, as far as it is. */
export function fileJson(state: State, file: SharedFile): JsonObject {
  const { id, name, title, length: size, user, folder } = file;
  const { teamId, domain } = state.workspace;
  const created = Math.floor(file.createdAt / 1000);
  const [mimetype, filetype, pretty_type] = typeOf(name);
  const path = encodeURIComponent(name);
  const shares = sharesOf(state, id);
  const channels = Object.keys(shares.public ?? {});
  const others = Object.keys(shares.private ?? {});
  const isDirect = (channel: string): boolean => state.conversations.get(channel)?.kind === "im";
  return {
    id,
    created,
    timestamp: created,
    name,
    title,
    mimetype,
    filetype,
    pretty_type,
    user,
    user_team: teamId,
    editable: false,
    size,
    mode: "hosted",
    is_external: false,
    external_type: "",
    is_public: channels.length > 0,
    public_url_shared: false,
    display_as_bot: false,
    username: "",
    url_private: `${folder}${path}`,
    url_private_download: `${folder}download/${path}`,
    permalink: `https://${domain}.slack.com/files/${user}/${id}/${path}`,
    permalink_public: `https://slack-files.com/${teamId}-${id}-${id.slice(2).toLowerCase()}`,
    comments_count: 0,
    is_starred: false,
    shares,
    channels,
    groups: others.filter((channel) => !isDirect(channel)),
    ims: others.filter(isDirect),
    has_more_shares: false,
    has_rich_preview: false,
    file_access: "visible",
  };
}

const types: Readonly<Record<string, readonly [mimetype: string, filetype: string, pretty: string]>> = {
  csv: ["text/csv", "csv", "CSV"],
  tsv: ["text/tab-separated-values", "tsv", "TSV"],
  txt: ["text/plain", "text", "Plain Text"],
  xlsx: ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "Excel Spreadsheet"],
};

function typeOf(name: string): readonly [mimetype: string, filetype: string, pretty: string] {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return types[extension] ?? ["application/octet-stream", "binary", "Binary"];
}

/** The messages that share the file, by conversation: in `public` those that everybody can read. */
function sharesOf(state: State, id: string) {
  const shares: Partial<Record<"public" | "private", Record<string, JsonObject[]>>> = {};
  for (const { files, channel, ts, threadTs, author } of state.all()) {
    const conversation = state.conversations.get(channel);
    if (conversation === undefined || !files.includes(id)) continue;
    const openness = conversation.kind === "public" ? "public" : "private";
    const among = shares[openness] ?? {};
    const share = {
      reply_users: [],
      reply_users_count: 0,
      reply_count: 0,
      ts,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      channel_name: conversation.name,
      team_id: state.workspace.teamId,
      share_user_id: author,
      source: "UNKNOWN",
    };
    shares[openness] = { ...among, [channel]: [...(among[channel] ?? []), share] };
  }
  return shares;
}
