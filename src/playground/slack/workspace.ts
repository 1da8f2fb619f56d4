/** The content of the local Slack: people, channels, user groups and the app, with a workspace for the demo. */

export type Person = {
  readonly id: string;
  /** The handle after `@`. */
  readonly name: string;
  readonly realName: string;
  /** A guest (Slack: `is_restricted`). */
  readonly isGuest?: boolean;
  readonly deleted?: boolean;
  readonly isBot?: boolean;
  /**
   * The id of another workspace, for people whose own it is: here through Slack Connect, or of the same organization.
   */
  readonly teamId?: string;
  /**
   * The organization's workspaces that they are in; default: this one alone, or none for people of another workspace.
   */
  readonly teams?: readonly string[];
  readonly tz?: string;
  /**
   * Their language in Slack, such as `zh-CN`; default: the workspace's. Slack has none for people of other workspaces.
   */
  readonly locale?: string;
};

export type ChannelSetup = {
  readonly id: string;
  readonly name: string;
  readonly isPrivate?: boolean;
  readonly isArchived?: boolean;
  readonly members: readonly string[];
  readonly botIsMember: boolean;
};

export type UserGroup = {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
  /** Disabled groups are listed only when requested. */
  readonly isDisabled?: boolean;
};

/** An organization on Slack's Enterprise plan, to which several workspaces belong. */
export type Enterprise = { readonly id: string; readonly name: string };

export type Workspace = {
  readonly teamId: string;
  /** The organization that the workspace belongs to, if it does. */
  readonly enterprise?: Enterprise;
  readonly name: string;
  /** The part before `.slack.com`, as in permalinks. */
  readonly domain: string;
  readonly people: readonly Person[];
  readonly channels: readonly ChannelSetup[];
  readonly userGroups: readonly UserGroup[];
  /** The language of people who have not chosen one. Default: `en-US`. */
  readonly locale?: string;
  /** The free plan has no user groups. Default: `paid`. */
  readonly plan?: "free" | "paid";
};

export type SlackApp = {
  readonly appId: string;
  readonly signingSecret: string;
  readonly botToken: string;
  readonly appToken: string;
  /** The bot scopes that were granted. */
  readonly scopes: readonly string[];
  /** The scopes of the app-level token. */
  readonly appScopes: readonly string[];
  /** The app is installed for the whole organization: `auth.test` says so, and names the organization as the team. */
  readonly isOrganizationWide?: boolean;
  readonly command: string;
  /** The manifest's `should_escape` of the command. */
  readonly shouldEscape: boolean;
  readonly botUserId: string;
  readonly botId: string;
  /** The subscribed bot events. Others are not delivered. */
  readonly events: readonly string[];
  readonly homeTab: boolean;
};

export const demoApp: SlackApp = {
  appId: "A0RECEIPT1",
  signingSecret: "8f742231b10e8888abcd99yyyzzz85a5",
  botToken: "xoxb-1-demo-bot-token",
  appToken: "xapp-1-A0RECEIPT1-demo-app-token",
  scopes: [
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "im:write",
    "usergroups:read",
    "users:read",
  ],
  appScopes: ["connections:write"],
  command: "/receipt",
  shouldEscape: true,
  botUserId: "U0RECEIPT1",
  botId: "B0RECEIPT1",
  events: ["app_home_opened"],
  homeTab: true,
};

export const demoEnterprise: Enterprise = { id: "E0DEMO0001", name: "Receipt demo group" };

export const demoWorkspace: Workspace = {
  teamId: "T0DEMO0001",
  name: "Receipt demo",
  domain: "receipt-demo",
  people: [
    { id: "U0ANN00001", name: "ann", realName: "Ann Arbor" },
    { id: "U0BOB00001", name: "bob", realName: "Bob Baker" },
    { id: "U0CAROL001", name: "carol", realName: "Carol Chen" },
    { id: "U0DAN00001", name: "dan", realName: "Dan Dubois" },
    { id: "U0EVE00001", name: "eve", realName: "Eve Guest", isGuest: true },
    { id: "U0STRANGER", name: "sam", realName: "Sam of another workspace", teamId: "T0OTHER001" },
  ],
  channels: [
    {
      id: "C0MERCHANT",
      name: "merchant-ops",
      members: ["U0ANN00001", "U0BOB00001", "U0CAROL001", "U0DAN00001", "U0EVE00001", "U0STRANGER"],
      botIsMember: true,
    },
    {
      id: "C0NEWSTORE",
      name: "new-stores",
      members: ["U0ANN00001", "U0BOB00001", "U0CAROL001", "U0DAN00001"],
      botIsMember: true,
    },
    {
      id: "C0CLOSINGS",
      name: "closings",
      members: ["U0ANN00001", "U0BOB00001", "U0CAROL001", "U0DAN00001"],
      botIsMember: true,
    },
    {
      id: "C0RANDOM01",
      name: "random",
      members: ["U0ANN00001", "U0BOB00001", "U0CAROL001", "U0DAN00001"],
      botIsMember: false,
    },
    {
      id: "C0PRIVATE1",
      name: "ops-leads",
      isPrivate: true,
      members: ["U0CAROL001", "U0DAN00001"],
      botIsMember: false,
    },
  ],
  userGroups: [{ id: "S0SUPPORT1", handle: "support-team", name: "Support team", users: ["U0ANN00001", "U0BOB00001"] }],
};
