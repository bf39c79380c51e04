/** The search for the number that solves a challenge. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { solve } from "../js/proof.js";

const hash = (text) => createHash("sha256").update(text).digest("hex");

for (const number of [0, 511, 512, 1999]) {
  test(`Number ${number} of 2000 is found, and the bar never goes back.`, async () => {
    const seen = [];

    const proof = await solve({ token: "abc_-", target: hash(`abc_-.${number}`), most: 2000 }, (done) => seen.push(done));

    assert.equal(proof, `abc_-.${number}`);
    assert.deepEqual(seen, [...seen].sort());
    assert.ok(seen.every((done) => done < 1));
  });
}

test("A challenge that no number solves is an error, and never an endless search.", async () => {
  await assert.rejects(solve({ token: "abc", target: hash("other"), most: 1000 }));
});
