// One side of a replication between two PouchDB nodes.
//
//     node pouch.js load DATABASE FILE.ndjson          puts the resources into a database
//     node pouch.js serve FOLDER IP PORT               serves the databases of a folder
//     node pouch.js pull DATABASE URL BATCH            replicates, and prints {ms, written, docs}
'use strict';
const fs = require('fs');
const path = require('path');
const PouchDB = require('pouchdb');

async function load(database, file) {
  const db = new PouchDB(database);
  const docs = fs.readFileSync(file, 'utf8').trim().split('\n').map(line => {
    const resource = JSON.parse(line);
    return { _id: resource.resourceType + ':' + resource.id, ...resource };
  });
  for (let i = 0; i < docs.length; i += 1000) {
    const done = await db.bulkDocs(docs.slice(i, i + 1000));
    const bad = done.find(d => d.error);
    if (bad) throw new Error(JSON.stringify(bad));
  }
  console.log(JSON.stringify({ docs: (await db.info()).doc_count }));
  await db.close();
}

function serve(folder, ip, port) {
  const express = require('express');
  const Served = PouchDB.defaults({ prefix: path.join(folder, '/') });
  const app = express();
  app.use('/', require('express-pouchdb')(Served, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
  app.listen(Number(port), ip, () => console.log('ready'));
}

async function pull(database, url, batch) {
  const db = new PouchDB(database);
  const start = process.hrtime.bigint();
  const done = await db.replicate.from(url, { batch_size: Number(batch), timeout: false });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (!done.ok) throw new Error(JSON.stringify(done));
  console.log(JSON.stringify({ ms, written: done.docs_written, docs: (await db.info()).doc_count }));
  await db.close();
}

const [what, ...rest] = process.argv.slice(2);
const run = { load, serve, pull }[what];
Promise.resolve(run(...rest)).catch(e => { console.error(String(e)); process.exit(1); });
