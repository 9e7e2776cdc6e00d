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

// HR says who and when, who takes over, and sees the plan; one signature opens the case and names the successor.
await hr.go('/people/v1');
await hr.press('a.first');
await hr.page.fill('#f-last_day', codes.last);
await hr.page.check('#k-mover');
await hr.press('main form button.first');
check(await hr.page.$('#f-to[required]') !== null && await hr.page.isChecked('#k-mover'), 'who moves is asked where to');
await hr.page.check('#k-leaver');
await hr.page.fill('#f-to', 'sales-rep'); // left over from the other kind: it means nothing to a leaver
await hr.press('main form button.first');
const offered = await hr.page.$$eval('[name="take.acme-x"] option', all => all.map(one => one.textContent));
check(offered.some(one => one.includes('Sara Lind') && one.includes('owns it too')), 'whoever has it too is offered: ' + offered);
await hr.accessible();
await hr.page.fill('[name="other.acme-x"]', 'nobody-there');
await hr.press('main form button.first');
check((await hr.text('.refusal')).includes('nobody-there'), await hr.text());
check(await hr.page.inputValue('[name="other.acme-x"]') === 'nobody-there', 'what was typed is still there');
await hr.page.fill('[name="other.acme-x"]', '');
await hr.press('main form button.first');
check((await hr.text('.risks')).includes('no successor'), 'the plan says what would go wrong: ' + await hr.text());
await hr.page.goBack();
await hr.page.selectOption('[name="take.acme-x"]', {label: offered.find(one => one.includes('Sara Lind'))});
await hr.press('main form button.first');
check(!(await hr.text('.risks')).includes('no successor'), 'now somebody takes it: ' + await hr.text('.risks'));
check(await hr.page.locator('svg.plan rect').count() > 0 && (await hr.text()).includes('Last due'), 'drawn, and as a table');
await hr.accessible();
await picture(hr, null, 'plan');

// The same way without scripts, in French, narrow and dark, as far as the signature.
const plain = await browser.newContext({locale: 'fr', javaScriptEnabled: false, viewport: {width: 320, height: 640}, colorScheme: 'dark', storageState: await hr.context.storageState()});
const paper = await plain.newPage();
await paper.goto(origin + '/leaving?person=v1&kind=absence');
check(await paper.locator('#f-back[required]').count() === 1 && await paper.getAttribute('html', 'lang') === 'fr', 'who is away is asked until when');
await paper.fill('#f-last_day', codes.last);
await paper.fill('#f-back', codes.last.replace(/^\d+/, year => +year + 1));
for (let step = 0; step < 2; step++)
    await Promise.all([paper.waitForNavigation(), paper.click('main form button.first')]);
check(await paper.locator('svg.plan rect').count() > 0, 'the plan is there: ' + await paper.textContent('main'));
check(await paper.evaluate(() => document.documentElement.scrollWidth) <= 320, 'it fits');
await Promise.all([paper.waitForNavigation(), paper.click('main section form button.first')]);
check((await paper.textContent('main')).includes('Victor Amadi'), 'and what would be signed is said');
await plain.close();

const name = async called => {
    await hr.page.fill('#f-handover', called);
    await hr.press('main section form button.first');
};
await name('leaving');
const said = await hr.sign();
check(said.includes('these 2 acts') && said.includes('Victor Amadi') && said.includes('name Sara Lind (s1) as who takes over Acme on X'), said);
check((await hr.text()).includes('All 2 acts are in the log'), 'create: ' + await hr.text());
await hr.press('a.first');
check(hr.at === '/handovers/leaving' && (await hr.text('main')).includes('Sara Lind'), 'the case is open, its successor named: ' + await hr.text());
// Once more: it is refused before anything else is asked.
await hr.go(`/leaving?person=v1&kind=leaver&last_day=${codes.last}&step=plan&successor=acme-x%3Dm1`);
check((await hr.text()).includes('is open; go on with that one') && !(await hr.page.$('form[data-passkey]')), await hr.text());
fine(await hr.act('/do/handover/schedule?handover=leaving', {shortfall: 'the waits are accepted'}), 'schedule');
fine(await hr.act('/do/handover/start?handover=leaving', {reason: 'notice was given'}), 'start');
const early = await hr.act('/do/handover/submit?handover=leaving');
check(early.includes('not every step has ended'), 'it cannot be called done while anything is left: ' + early);
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
// Words and bar say the same, and both what the case's state is.
const told = () => legal.page.evaluate(() => {
    const bar = document.getElementById('progress'), words = document.getElementById('progress-words').textContent;
    const groups = [...document.querySelectorAll('.group > summary small')].map(one => Number(one.textContent.match(/\d+/)[0]));
    return {bar: bar.value, words: Number(words.match(/\d+/)[0]), groups: groups.reduce((a, b) => a + b, 0)};
});
const saidBefore = await told();
await legal.page.locator('.steps li:has(.state[data-state="pending"]) input').last().check(); // it is nobody's turn yet
// Whoever is signed in no more is told so; nothing is asked, nothing that is ticked is lost, and it goes on when they are
// back.
let asked = 0;
legal.page.on('request', request => asked += request.url().includes('/live/'));
const looks = yes => legal.page.evaluate(yes => {
    Object.defineProperty(document, 'hidden', {value: !yes, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}, yes);
const cookies = await legal.context.cookies();
const ticked = () => legal.page.$$eval('.steps input:checked', all => all.map(one => one.value).join());
const were = await ticked();
check(were !== '', 'something is ticked');
await legal.context.clearCookies();
await looks(false);
await looks(true);
await legal.page.waitForSelector('#ended:not([hidden])');
await legal.accessible('a case whose session is over');
asked = 0;
await legal.page.waitForTimeout(4000);
check(asked === 0 && await ticked() === were, `nobody is asked for who is signed in no more: ${asked}, ${were}`);
await legal.context.addCookies(cookies);
await looks(false);
await looks(true);
await legal.page.waitForSelector('#ended', {state: 'hidden'});
check(await ticked() === were, 'what was ticked is there: ' + were);

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
            await person.press('form.act button:not([name])');
            await person.sign();
            moved = moved || (await person.page.$('.refusal')) === null;
        }
    }
    const done = await open(admin, ['done']);
    if (done.length) {
        await tick(admin, done, 'form#ticked button[formaction="/do/step/verify"]');
        await admin.press('form.act button:not([name])');
        await admin.sign();
        moved = moved || (await admin.page.$('.refusal')) === null;
        if (!live && (await admin.page.$('.refusal')) === null) {
            await legal.page.waitForFunction(n => document.querySelectorAll('.steps .state[data-state="verified"]').length > n, before);
            check(await legal.page.locator('.steps input[type=checkbox]:checked').count() === 1, 'what was ticked stays');
            await legal.page.waitForFunction(n => document.getElementById('progress').value > n, saidBefore.bar);
            const now = await told();
            check(now.bar === now.words && now.bar === now.groups, 'bar, words and groups agree: ' + JSON.stringify(now));
            // On paper, what is folded up on the screen is there.
            await legal.page.$$eval('details.group', all => all.forEach(one => one.open = false));
            const folded = () => legal.page.$eval('.steps .state[data-state="verified"]', one => one.checkVisibility({contentVisibilityAuto: true}));
            check(!await folded(), 'it is folded up on the screen');
            await legal.page.emulateMedia({media: 'print'});
            await legal.page.waitForFunction(() => document.querySelector('.steps .state[data-state="verified"]')
                .checkVisibility({contentVisibilityAuto: true})); // an ended step is on paper, as soon as it is laid out for it
            await legal.page.emulateMedia({media: 'screen'});
            await legal.page.$$eval('details.group', all => all.forEach(one => one.open = true));
            live = true;
        }
    }
    if (!moved)
        break;
}
check(live, 'an open page shows what others do');

// Who does not look is told nothing, and all of it when they look again.
await looks(false);
asked = 0;
await legal.page.waitForTimeout(4000);
check(asked === 0, 'a page that nobody looks at asks for nothing, but asked ' + asked);
await Promise.all([legal.page.waitForRequest(request => request.url().includes('/live/')), looks(true)]);

// The successor reads back and accepts, the leaver declares.
await successor.go('/handovers/leaving/inventory');
const text = await successor.text('pre');
check(text.includes('acme-x'), text);
await successor.press('a.first');
await successor.fill({restate: '1 account: ' + text.replaceAll('\n', ' ')});
await successor.press('form.act button:not([name])');
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
check(own.includes('Nothing was changed'), 'who did the work cannot attest it: ' + own);
fine(await legal.act('/do/handover/complete?handover=leaving', {attest: 'I have looked at every account and found nothing left.'}), 'complete');
await hr.go('/');
check(/No case is open[^]*Finished lately/.test(await hr.text()), 'home says that it is finished: ' + await hr.text());
await hr.go('/handovers/leaving');
check((await hr.text()).includes('completed'), 'it is over: ' + await hr.text());
await browser.close();
