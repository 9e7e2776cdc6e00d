// The main job, in browsers.
import { Person, browser, check, origin, folder } from './browser.mjs';
import fs from 'node:fs';

const codes = JSON.parse(fs.readFileSync(folder + '/codes.json', 'utf8'));
const people = {};
for (const who of ['admin', 'h1', 'l1', 'k1', 'v1', 's1', 'm1'])
    people[who] = await Person.enrolled(codes[who]);
const {admin, h1: hr, l1: legal, k1: keeper, v1: leaver, s1: successor} = people;
const fine = (said, what) => check(said.includes('in the log'), `${what}: ${said}`);

// With TENURE_TOUR set, pictures of the main pages go there: `make tour`.
const tour = process.env.TENURE_TOUR;
const picture = async (person, path, name) => {
    if (!tour)
        return;
    await person.page.setViewportSize({width: 1000, height: 640});
    if (path)
        await person.go(path);
    await person.page.screenshot({path: `${tour}/${name}.jpg`, type: 'jpeg', quality: 60});
};

// The leaver accepts what the position was given.
await leaver.go('/');
check((await leaver.text()).includes('not accepted yet'), 'home says what is to be accepted');
fine(await leaver.act('/do/account/accept?account=acme-x'), 'accept');

// HR looks at the plan, then opens the case.
await hr.go('/people/v1');
await hr.press('a.first');
await hr.page.fill('#f-last_day', codes.last);
await hr.press('main form button');
check((await hr.text()).includes('acme-x'), 'the plan names the account');
await hr.press('a.first');
await hr.fill({handover: 'leaving'});
await hr.press('form.act button');
check((await hr.sign()).includes('Victor Amadi'), 'what is signed names the person');
fine(await hr.text(), 'create');
fine(await hr.act('/do/handover/successor?handover=leaving', {person: 's1'}), 'successor');
fine(await hr.act('/do/handover/schedule?handover=leaving', {shortfall: 'the waits are accepted'}), 'schedule');
fine(await hr.act('/do/handover/start?handover=leaving', {reason: 'notice was given'}), 'start');
const early = await hr.act('/do/handover/submit?handover=leaving');
check(early.includes('was refused'), 'it cannot be called done while anything is left: ' + early);
await hr.go('/handovers/leaving');
check((await hr.text()).includes('things are left') || (await hr.text()).includes('thing is left'), 'the page says what is left');
await hr.accessible();

await picture(hr, '/', 'home');
await picture(hr, '/handovers/leaving', 'case');
await picture(hr, '/accounts/acme-x', 'account');

// Access and secrets.
await admin.go('/accounts/acme-x');
const grant = (await admin.page.$$eval('tr', rows => rows.filter(row => row.textContent.includes('Victor')).map(row => row.querySelector('a[href^="/grants/"]').getAttribute('href'))))[0].split('/').pop();
fine(await keeper.act('/do/grant/revoke?grant=' + grant, {reason: 'leaves'}), 'revoke');
fine(await keeper.act('/do/grant/confirm?grant=' + grant, {note: 'seen gone'}), 'confirm');
fine(await keeper.act('/do/credential/rotate?credential=c-x', {proof: 'vault_version', value: '2'}), 'rotate');

// Steps: ticked, one form for all of them, seen done by another person, while a third looks on.
await legal.go('/handovers/leaving');
const seen = () => legal.page.$$eval('.steps .state[data-state="verified"]', all => all.length);
const before = await seen();
await legal.page.locator('.steps input[type=checkbox]:visible').first().check();
const open = async (person, states) => {
    await person.go('/handovers/leaving');
    return person.page.$$eval('.steps li', (all, states) => all
        .filter(li => states.includes(li.querySelector('.state').dataset.state) && li.querySelector('input'))
        .map(li => li.dataset.step), states);
};
const tick = async (person, steps, button) => {
    await person.page.$$eval('details.group', all => all.forEach(one => one.open = true));
    for (const step of steps)
        await person.page.check(`#step-${step} input`);
    await person.press(button);
};
let live = false;
for (let round = 0; round < 12; round++) {
    let moved = false;
    for (const person of [keeper, successor, leaver, people.m1, hr]) {
        for (const step of await open(person, ['ready', 'in_progress', 'rejected'])) {
            await person.go('/handovers/leaving');
            await tick(person, [step], 'form#ticked button');
            await person.fill({note: 'done as the playbook says', file: folder + '/shot.png', irreversible: true});
            await person.press('form.act button');
            await person.sign();
            moved = moved || (await person.page.$('.refusal')) === null;
        }
    }
    const done = await open(admin, ['done']);
    if (done.length) {
        await tick(admin, done, 'form#ticked button[formaction="/do/step/verify"]');
        await admin.press('form.act button');
        await admin.sign();
        moved = moved || (await admin.page.$('.refusal')) === null;
        if (!live && (await admin.page.$('.refusal')) === null) {
            await legal.page.waitForFunction(n => document.querySelectorAll('.steps .state[data-state="verified"]').length > n, before);
            check(await legal.page.locator('.steps input[type=checkbox]:checked').count() === 1, 'what was ticked stays');
            live = true;
        }
    }
    if (!moved)
        break;
}
check(live, 'an open page shows what others do');

// The successor reads back and accepts, the leaver declares.
await successor.go('/handovers/leaving/inventory');
const text = await successor.text('pre');
check(text.includes('acme-x'), text);
await successor.press('a.first');
await successor.fill({restate: '1 account: ' + text.replaceAll('\n', ' ')});
await successor.press('form.act button');
await picture(successor, null, 'sign');
await successor.sign();
fine(await successor.text(), 'accept');
fine(await leaver.act('/do/handover/declare?handover=leaving'), 'declare');
const left = await hr.act('/do/handover/submit?handover=leaving');
fine(left, 'submit');
await hr.go('/handovers/leaving');
const rest = await hr.text();
if (rest.includes('left')) {
    fine(await admin.act('/do/handover/state-risk?handover=leaving', {account: 'acme-x', residual: 'one person less', compensating: 'a second owner is looked for', review_on: codes.last}), 'risk');
    fine(await legal.act('/do/handover/accept-risk?handover=leaving', {reason: 'until then'}), 'accept risk');
}
const own = await hr.act('/do/handover/complete?handover=leaving', {attest: 'x'});
check(own.includes('refused'), 'who did the work cannot attest it: ' + own);
fine(await legal.act('/do/handover/complete?handover=leaving', {attest: 'I have looked at every account and found nothing left.'}), 'complete');
await hr.go('/');
check((await hr.text()).includes('completed'), 'home shows it');
await browser.close();
