import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { engines } from "../storage/engines.ts";
import { type Campaign, findingsOf, lineOf, type Variant } from "./campaign.ts";
import { bulk, bulkInSteps } from "./campaigns/bulk.ts";
import { clock } from "./campaigns/clock.ts";
import { kill } from "./campaigns/kill.ts";
import { partition } from "./campaigns/partition.ts";
import { race } from "./campaigns/race.ts";
import { slackOutage } from "./campaigns/slack-outage.ts";
import { soak } from "./campaigns/soak.ts";
import { weChatPayFaults } from "./campaigns/wechatpay-faults.ts";

const seed = 7;
const whyNoPostgres = engines.find(({ name }) => name === "PostgreSQL")?.skip ?? false;

/**
 * Campaigns run one after the other in each lane, because a fleet on PostgreSQL uses many of its connections. Races
 * start last, when the other fleets have done the work of starting: a race has three seconds for each click.
 */
const lanes: readonly { engine: Variant["engine"]; campaigns: readonly Campaign[] }[] = [
  { engine: "sqlite", campaigns: [kill, bulk, bulkInSteps, soak] },
  { engine: "sqlite", campaigns: [weChatPayFaults, slackOutage, clock, race] },
  { engine: "postgres", campaigns: [kill, clock] },
  { engine: "postgres", campaigns: [partition, race] },
];

describe("real instances under injected faults lose nothing and do nothing twice", { concurrency: true }, () => {
  for (const { engine, campaigns } of lanes) {
    const names = campaigns.map(({ name }) => name);
    describe(`${names.join(", ")} on ${engine}`, {
      concurrency: false,
      skip: engine === "postgres" && whyNoPostgres,
    }, () => {
      for (const { name, variants } of campaigns) {
        const variant =
          variants.find((one) => one.engine === engine) ?? assert.fail(`${name} has no variant on ${engine}`);
        test(name, async (t) => {
          const report = await variant.run({ size: "short", seed });
          t.diagnostic(lineOf(report));
          assert.deepEqual(findingsOf(report), []);
          assert.ok(report.operations + report.faults > 0, "nothing was tried");
        });
      }
    });
  }
});
