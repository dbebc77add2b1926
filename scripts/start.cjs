'use strict';
/*
 * Runs src/main.ts for `npm start` and `npm run pitot`, or reports in one line what is missing in the checkout. The syntax is limited
 * to that of Node.js 12.
 */
var path = require('path');
var needed = Number(/\d+/.exec(require('../package.json').engines.node)[0]);
var install = '`npm ci --include=dev --include=optional` in ' + path.resolve(__dirname, '..') + ' installs it.';

if (Number(process.versions.node.split('.')[0]) < needed) {
  leave('Node.js ' + needed + ' or later is missing: this is ' + process.versions.node + ' (' + process.execPath + ').');
} else {
  import('../src/main.ts').catch(function (error) {
    var missing = error.code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package '[^']+'/.exec(error.message);
    if (!missing) throw error;
    leave(missing[0] + '.');
  });
}

function leave(reason) {
  process.stderr.write('pitot: ' + reason + ' ' + install + '\n');
  process.exit(1);
}
