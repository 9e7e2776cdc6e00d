// Legal exports a proof and anybody verifies it; an administrator rotates; two people on one step; a case goes hostile.
import { Person, browser, check, origin, folder } from './browser.mjs';
import fs from 'node:fs';

const codes = JSON.parse(fs.readFileSync(folder + '/codes.json', 'utf8'));
const [admin, legal, hr, keeper] = [await Person.enrolled(codes.admin), await Person.enrolled(codes.l1), await Person.enrolled(codes.h1), await Person.enrolled(codes.k1)];
const fine = (said, what) => check(said.includes('in the log'), `${what}: ${said}`);

// A file that is let fall on a field, or pasted into the page.
const given = (page, at, how, name, bytes) => page.$eval(at, (target, [how, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], name));
    if (how === 'paste') {
        target.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        return;
    }
    const over = new DragEvent('dragover', {dataTransfer: data, bubbles: true, cancelable: true});
    target.dispatchEvent(over);
    if (over.defaultPrevented)
        target.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
}, [how, name, [...bytes]]);

// A title with a document, countersigned by another.
fine(await legal.act('/do/title/assert?account=acme-x', {holder: 'acme'}), 'assert');
fine(await legal.act('/do/title/evidence?account=acme-x', {evidence: folder + '/contract.txt'}), 'evidence');
fine(await admin.act('/do/title/countersign?account=acme-x'), 'countersign');
await legal.go('/accounts/acme-x');
check((await legal.text()).includes('countersigned'), 'the page says how well the title is proven');

// Files come by being dropped and pasted too, beside those that are there.
await hr.go('/do/step/finish?handover=case&steps=1');
for (const [how, name] of [['drop', 'a.txt'], ['paste', 'b.txt'], ['drop', 'c.txt']])
    await given(hr.page, 'main form input[type="file"]', how, name, Buffer.from(name));
const names = await hr.page.$eval('main form input[type="file"]', input => [...input.files].map(one => one.name).join());
const many = await hr.page.$eval('main form input[type="file"]', input => input.multiple);
check(many && names === 'a.txt,b.txt,c.txt', 'all that were given: ' + many + ' ' + names);

// The proof, by the page.
await legal.press('main section a[href="/accounts/acme-x/proof"]');
await legal.accessible();
check(await legal.page.locator('form.act :checked').count() === 0, 'the least is shown when nothing is said');
await legal.page.fill('#f-as_of', '2001-01-01');
await legal.press('form.asof button');
check((await legal.text('.refusal')).includes('acme-x') && await legal.page.$('form.act') === null, 'nothing was known of it then: ' + await legal.text());
await legal.page.fill('#f-as_of', '');
await legal.press('form.asof button');
check((await legal.text()).includes('All events that the log has of this account'), await legal.text());
await legal.page.check('#show-name');
await legal.page.check('#hide-files');
await legal.press('form.act button.first');
check((await legal.text()).includes('name') && (await legal.text()).includes('files'), 'what is signed says what is shown: ' + await legal.text());
await legal.sign();
check(legal.at.startsWith('/done/'), 'the file waits on a page of its own: ' + legal.at);
const download = legal.page.waitForEvent('download');
await legal.page.click('a[download]');
const file = folder + '/acme-x.tenure-proof.zip';
await (await download).saveAs(file);

// And as of a day of long ago, with something else shown: by the page's own form.
await legal.go('/accounts/acme-old/proof');
await legal.page.fill('#f-as_of', codes.then);
await legal.press('form.asof button');
check(legal.at.includes('as_of=' + codes.then) && !(await legal.text()).includes('Acme as it is'), 'as it was then: ' + await legal.text());
await legal.page.check('#show-created_by');
await legal.press('form.act button.first');
check((await legal.text()).includes('created_by') || (await legal.text()).includes('created by'), 'what is shown: ' + await legal.text());
await legal.sign();
const older = legal.page.waitForEvent('download');
await legal.page.click('a[download]');
await (await older).saveAs(folder + '/acme-old.tenure-proof.zip');
const stranger = await Person.with({locale: 'fr'});
await stranger.go('/verify');
await stranger.accessible();
await stranger.page.setInputFiles('#f-proof', file);
await stranger.press('main button');
check((await stranger.text()).includes('Elle se vérifie'), await stranger.text());
check((await stranger.text('pre')).includes('acme-x') || (await stranger.text('pre')).includes('acme'), 'it says what it proves');
const forged = fs.readFileSync(file);
forged[forged.length >> 1] ^= 1;
fs.writeFileSync(folder + '/forged.zip', forged);
await stranger.page.setInputFiles('#f-proof', file);
await given(stranger.page, '#f-proof', 'drop', 'forged.zip', forged);
check(await stranger.page.$eval('#f-proof', input => [...input.files].map(one => one.name).join()) === 'forged.zip', 'it takes one');
await stranger.press('main button');
check((await stranger.text()).includes('Elle ne se vérifie pas'), await stranger.text());

// An entry is checked in the page itself, and what was changed on its way is found.
await legal.go('/log/5');
await legal.page.click('#check');
await legal.page.waitForSelector('#path.fine');
check((await legal.text('#checked')).includes("signed by the log's key"), await legal.text('#checked'));
check(await legal.page.locator('#path > li.fine').count() === await legal.page.locator('#path > li').count(), 'every step is marked');
await legal.page.evaluate(() => { const leaf = document.getElementById('leaf'); leaf.textContent = leaf.textContent.replace('2', '3'); });
await legal.page.click('#check');
await legal.page.waitForSelector('#path.refusal');

// What must rotate, and that it was.
await admin.go('/due');
check((await admin.text()).includes('c-x'), 'the secret that a leaver knew is due: ' + await admin.text());
await admin.press('main a[href^="/do/credential/rotate"]');
await admin.fill({proof: 'vault_version', value: '2'});
await admin.press('form.act button:not([name])');
await admin.sign();
fine(await admin.text(), 'rotate');
await admin.go('/due');
check((await admin.text()).includes('knows'), 'now because of who has changed it: ' + await admin.text());

// Two people claim one step: both forms were open, one of them comes second.
const steps = await hr.go('/handovers/case').then(() => hr.page.$$eval('.steps li', all => all.filter(li => li.querySelector('.state').dataset.state === 'ready').map(li => li.dataset.step)));
check(steps.length > 0, 'there are steps');
for (const person of [keeper, admin]) {
    await person.go(`/do/step/finish?handover=case&steps=${steps[0]}`);
    await person.fill({note: 'done', file: folder + '/shot.png', irreversible: true});
    await person.press('form.act button:not([name])');
}
await keeper.sign();
const first = await keeper.text();
await admin.sign();
const second = await admin.text();
check([first, second].filter(said => said.includes('in the log')).length === 1, `once and no more: ${first} / ${second}`);

// Hostile: shut out at once, confirmed by a second person.
const leaver = await Person.enrolled(codes.v1);
await leaver.go('/');
check(leaver.at === '/', 'the leaver is let in');
fine(await hr.act('/do/handover/go-hostile?handover=case', {reason: 'copied the customer list', reference: 'HR-17'}), 'hostile');
await leaver.go('/accounts');
check(leaver.at.startsWith('/sign-in'), 'the leaver is shut out: ' + leaver.at);
await leaver.press('button.first');
check((await leaver.text()).includes('was revoked'), 'and does not come in again: ' + await leaver.text());
const own = await hr.act('/do/handover/confirm-hostile?handover=case');
check(own.includes('Nothing was changed'), 'nobody confirms their own: ' + own);
fine(await legal.act('/do/handover/confirm-hostile?handover=case'), 'confirm');
await hr.go('/handovers/case');
check((await hr.text()).includes('hostile'), 'the page says so');
await browser.close();
