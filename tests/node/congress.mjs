// Real records, taken in through the pages.
import { Person, browser, check, folder } from './browser.mjs';
import fs from 'node:fs';

const {admin: code, files} = JSON.parse(fs.readFileSync(folder + '/codes.json', 'utf8'));
const admin = await Person.enrolled(code);
const told = [];
await admin.page.exposeFunction('told', words => told.push(words));
for (const [kind, file, rows] of files) {
    await admin.go('/do/import/' + kind);
    await admin.fill({file});
    await admin.press('form.act button:not([name])');
    const plan = await admin.text();
    check(plan.includes(rows) && plan.includes('Nothing has been changed yet'), `${kind}: ${plan.slice(0, 500)}`);
    await admin.press('button.first[name=plan]');
    await admin.page.$eval('#progress', at => new MutationObserver(() => window.told(at.textContent)).observe(at, {subtree: true, childList: true}));
    await admin.sign();
    check((await admin.text()).includes('in the log'), kind + ': ' + (await admin.text()).slice(0, 500));
}
check(told.some(words => /signed: [\d]+ \/ /.test(words)), 'who waits for a long file is told how far it is: ' + told);
// A long list goes on page by page, and a search finds one of thousands.
let seen = 0, pages = 0;
await admin.go('/accounts?limit=1000');
for (;;) {
    seen += await admin.page.$$eval('tbody tr', all => all.length);
    pages++;
    if (!await admin.page.$('a[rel=next]'))
        break;
    await admin.press('a[rel=next]');
}
check(seen === 3727 && pages === 4, `${seen} accounts on ${pages} pages`);
await admin.go('/accounts?limit=1');
const first = await admin.text('tbody td');
await admin.page.fill('#q', first);
await admin.press('.search button');
check((await admin.text()).includes(first), 'it is found');
await browser.close();
