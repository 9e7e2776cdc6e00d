// Coming in, acting, and what must not be possible.
import { Person, browser, check, origin, folder } from './browser.mjs';
import fs from 'node:fs';

const {admin: code, other} = JSON.parse(fs.readFileSync(folder + '/codes.json', 'utf8'));

// ---- Enrol, sign in, sign out

const admin = await Person.enrolled(code);
check((await admin.text('.who')).includes('admin'), 'the page says who is there');
await admin.press('.who button');
check(admin.at === '/sign-in', 'signed out');
await admin.page.goBack();
check(admin.at.startsWith('/sign-in'), 'what was shown is not shown again: ' + admin.at);
await admin.go('/accounts');
check(admin.at.startsWith('/sign-in?then=%2Faccounts'), 'a page asks for a sign-in: ' + admin.at);
await admin.press('button.first');
check(admin.at === '/accounts', 'and then goes where one wanted: ' + admin.at);

// ---- An act is said in words, signed, and in the log

let done = await admin.act('/do/account/register', {account: 'acme-x', url: 'https://x.com/acme', name: 'Acme on X'});
check(done.includes('1 act is in the log'), done);
const at = admin.at;
check(at.startsWith('/done/'), 'what came of it has an address: ' + at);
await admin.page.reload();
check((await admin.text()).includes('1 act is in the log'), 'which is read again');
await admin.page.goBack();
check(admin.at === at, 'Back leads to what came of it, not to another signature: ' + admin.at);
await admin.page.goBack();
check(admin.at === '/do/account/register' && await admin.page.$('form.act') !== null, 'and then to the form: ' + admin.at);
await admin.go('/accounts/acme-x');
check((await admin.text('h1')) === 'Acme on X', 'the account has a page');
done = await admin.act('/do/account/register', {account: 'acme-x', url: 'https://x.com/other'});
check(done.includes("there is a account 'acme-x' already") || done.includes('acme-x'), done);
check((await admin.page.$('.refusal')) !== null, 'what is refused is said');
done = await admin.act('/do/account/change?account=acme-x', {min_owners: '99999999'});
check((await admin.page.$('form.act')) !== null && done.includes('Nothing was changed'), 'a bad value is said in the form');
check(await admin.page.inputValue('[name=account]') === 'acme-x', 'which keeps what was filled in');

// ---- A thing by what it is called; Enter goes on, and finds nothing by itself

await admin.go('/do/grant/give?account=acme-x');
check(await admin.page.$eval('#l-person', list => [...list.options].some(option => option.value === 'other')), 'people are offered');
await admin.page.fill('[name=person]', 'autre');
await admin.press('button[name=".find"][value=person]');
check(await admin.page.$('input[name="pick.person"][value=other]') !== null, 'what may be meant is shown');
await admin.accessible();
await admin.page.fill('[name=person]', 'Une autre');
await admin.page.fill('[name=role]', 'owner');
await Promise.all([admin.page.waitForNavigation(), admin.page.press('[name=role]', 'Enter')]);
check((await admin.text()).includes('Une autre (other)') && admin.at.startsWith('/sign/'), 'a name means whoever has it: ' + await admin.text());

// ---- Several at once, one signature

await admin.go('/');
for (const account of ['own-1', 'own-2', 'own-3'])
    await admin.page.check(`[name=account][value=${account}]`);
await admin.press('main form button');
check((await admin.sign()).includes('these 3 acts'), 'what is signed is listed');
check((await admin.text()).includes('All 3 acts are in the log'), await admin.text());
await admin.go('/');
check(!(await admin.text()).includes('not accepted yet'), 'all are accepted');
await admin.go('/me');
check((await admin.text()).includes('passkey'), 'keys are listed');

// ---- A file is shown as what would come of it, then taken in

await admin.go('/do/import/people');
await admin.fill({file: folder + '/people.csv'});
await admin.press('form.act button:not([name])');
const plan = await admin.text();
check(plan.includes('Nothing has been changed yet') && plan.includes('UTF-8'), plan);
const chosen = await admin.page.$$eval('.mapping tbody tr', rows => rows.map(row => [...row.children].slice(0, 2).map(one => one.textContent).concat(row.querySelector('select').value)));
check(JSON.stringify(chosen).includes('["Wer","Ana Petrova","Wer="]') && JSON.stringify(chosen).includes('["id","p1","id=id"]'), 'each column, what it holds and what it is taken as: ' + JSON.stringify(chosen));
await admin.accessible('/do/import/people');
check(/\/trial\/[0-9a-f-]+$/.test(admin.page.url()), 'it has an address: ' + admin.page.url());
await admin.page.reload();
check(await admin.text() === plan, 'it can be read again, and nothing is sent for that');
await admin.page.selectOption('.mapping select >> nth=1', 'Wer=email'); // two columns that are one field
await admin.press('.mapping button');
check((await admin.text('.refusal')).includes('could both be email'), 'nobody chooses between them: ' + await admin.text());
check(await admin.page.inputValue('.mapping select >> nth=1') === 'Wer=email' && await admin.page.$('button[name=plan]') === null, 'what was chosen is still there, and nothing to apply');
await admin.page.selectOption('.mapping select >> nth=1', 'Wer=name');
await admin.page.selectOption('.mapping select >> nth=4', 'start=');
await admin.press('.mapping button');
check((await admin.text()).includes('Nothing has been changed yet'), await admin.text());
check((await admin.text()).includes('1 row is new.'), await admin.text());
await admin.press('button.first[name=plan]');
check((await admin.text()).includes('1 row is new.'), 'what is signed says what comes of it: ' + await admin.text());
await admin.page.goBack();
check((await admin.text()).includes('Nothing has been changed yet'), 'Back: ' + await admin.text());
await admin.page.goForward();
await admin.sign();
check((await admin.text()).includes('in the log'), await admin.text());
await admin.go('/people');
check((await admin.text()).includes('Ana Petrova'), 'the people are there');

// ---- Search

await admin.page.fill('#q', 'petrova');
await admin.press('.search button');
check((await admin.text()).includes('Ana Petrova'), 'a person is found by name');

// ---- Nothing that is stored runs

const payloads = [
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>",
    'javascript:alert(1)', '</title><script>alert(1)</script>', '</textarea><script>alert(1)</script>',
    '{{constructor.constructor("alert(1)")()}}', '<iframe srcdoc="<script>alert(1)</script>">',
    '<a href="javascript:alert(1)">x</a>', '" onfocus=alert(1) autofocus="', '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
];
let alerts = 0;
admin.page.on('dialog', dialog => { alerts++; dialog.dismiss(); });
for (const [i, payload] of payloads.entries()) {
    done = await admin.act('/do/account/register', {account: 'xss-' + i, url: 'https://x.com/xss' + i, name: payload, purpose: payload});
    check(done.includes('in the log'), payload + ': ' + done);
}
done = await admin.act('/do/person/register', {person: 'mallory', name: payloads[1], email: 'm@acme.example'});
for (const path of ['/', '/accounts', '/people', '/people/mallory', '/search?q=' + encodeURIComponent(payloads[1]), '/log', '/gaps', '/all', '/leaving?person=' + encodeURIComponent(payloads[9]), '/nothing' + encodeURIComponent(payloads[0]), ...payloads.map((_, i) => '/accounts/xss-' + i)]) {
    await admin.go(path);
    check(await admin.page.$$eval('main script:not([src]), main img, main iframe, main [onfocus], main [onload], main [onerror]', all => all.length) === 0, 'no markup on ' + path);
}
for (const [i, payload] of payloads.entries()) {
    await admin.go('/accounts/xss-' + i);
    check((await admin.text('h1')).includes(payload), 'it is shown as text: ' + payload);
}
check(alerts === 0, 'nothing ran');

// ---- What a thief would try

const stolen = await admin.context.cookies(origin);
const session = stolen.find(cookie => cookie.name === '__Host-tenure');
check(session && session.httpOnly && session.secure && session.sameSite === 'Lax', 'the cookie is guarded');
const send = (path, options = {}) => fetch(origin + path, {redirect: 'manual', ...options, headers: {cookie: '__Host-tenure=' + session.value, ...options.headers}});
const form = new URLSearchParams({account: 'stolen', url: 'https://x.com/stolen'});
let answer = await send('/do/account/register', {method: 'POST', body: form});
check(answer.status === 403, 'a form without its token is refused: ' + answer.status);
answer = await send('/do/account/register', {method: 'POST', body: form, headers: {origin: 'https://evil.example'}});
check(answer.status === 403, 'and one from elsewhere: ' + answer.status);
await admin.go('/do/account/register');
const token = await admin.page.inputValue('form.act [name=".form"]');
const signed = new URLSearchParams({'.form': token, command: 'account register', parcel: JSON.stringify({intent: '{}', disclosures: []}), line: 'passkey localhost AAAA', authenticator_data: 'AAAA', client_data: 'AAAA', signature: 'AAAA', credential: 'AAAA'});
answer = await send('/sign', {method: 'POST', body: signed});
check(answer.status >= 400, 'a session alone changes nothing: ' + answer.status);
const flipped = session.value.slice(0, 40) + (session.value[40] === 'a' ? 'b' : 'a') + session.value.slice(41);
answer = await fetch(origin + '/accounts', {redirect: 'manual', headers: {cookie: '__Host-tenure=' + flipped}});
check(answer.status === 303, 'a changed cookie is none');
answer = await fetch(origin + '/');
const policy = answer.headers.get('content-security-policy');
check(policy.includes("script-src 'self'") && policy.includes("frame-ancestors 'none'") && policy.includes("require-trusted-types-for 'script'") && !policy.includes('unsafe'), policy);
await admin.go('/me');
await admin.press('.cards button');
check(admin.at === '/sign-in', 'a session can be ended');
await admin.signIn();
await admin.go('/accounts');
await admin.context.clearCookies();
await Promise.all([admin.page.waitForURL('**/sign-in*'), admin.page.evaluate(() => {
    dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
})]);
answer = await send('/accounts');
check(answer.status === 303, 'and what was stolen of it is worth nothing: ' + answer.status);

// ---- Every page in both languages, narrow and dark

await admin.signIn();
const pages = ['/', '/accounts', '/accounts/acme-x', '/accounts/acme-x/proof', '/people', '/people/admin', '/handovers', '/due', '/gaps', '/log', '/log/3', '/all', '/me', '/search?q=a', '/leaving', '/leaving?person=admin&kind=leaver&last_day=2027-01-29', '/leaving?person=admin&kind=leaver&last_day=2027-01-29&step=plan', '/leaving?person=nobody&kind=mover&to=none&last_day=2027-01-29', '/do/grant/give?account=acme-x', '/do/import/people', '/units', '/positions', '/roles', '/keys', '/playbooks', '/deliveries', '/service', '/imports', '/credentials', '/grants', '/titles', '/nothing'];
for (const path of pages) {
    await admin.go(path);
    await admin.accessible(path);
}

// And what comes of a form: refused, to be signed, done, tried first, of another session, and of one that is over.
const formsOf = async (person, fits) => {
    const look = async what => {
        await person.accessible(what);
        await fits(what);
    };
    const send = () => person.press('form.act button:not([name])');
    const {page} = person, form = '/do/account/change?account=acme-x';
    await person.go(form);
    await person.fill({min_owners: '99999999'});
    await send();
    check(await page.$('form.act .trouble') !== null, 'what is refused is said in the form: ' + await person.text());
    await look('a form that is refused');
    await person.fill({min_owners: '1', purpose: 'news'});
    await send();
    check(person.at.startsWith('/sign/'), person.at);
    await look('what is to be signed');
    await person.sign();
    check(person.at.startsWith('/done/') && await page.$('main .fine') !== null, await person.text());
    await look('what is done');
    await person.act(form, {purpose: 'news'});
    await look('what was so already');
    await person.go('/do/import/people');
    await person.fill({file: folder + '/people.csv'});
    await send();
    check(person.at.includes('/trial/'), person.at);
    await look('what would come of a file');
    await person.go(form);
    await page.$eval('form.act [name=".form"]', token => { token.value = 'x'; });
    const [refused] = await Promise.all([page.waitForNavigation(), page.click('form.act button:not([name])', {noWaitAfter: true})]);
    check(refused.status() === 403, 'of another session: ' + refused.status());
    await look('a form of another session');
    await person.go(form);
    await person.fill({purpose: 'other news'});
    await person.context.clearCookies({name: '__Host-tenure'});
    await send();
    check(await page.$('form[data-passkey] [name=carried]') !== null, 'the session is over: ' + await person.text());
    await look('a form of a session that is over');
    await person.press('button.first');
    check(await page.inputValue('[name=purpose]') === 'other news', 'what was typed is there again: ' + person.at);
};
await formsOf(admin, async () => {});

// ---- Two at one browser: a link means whom it is for, whoever began there before

const invite = async () => {
    await admin.act('/do/key/invite?person=p1');
    return (await admin.text()).match(/\b[A-Z0-9]{6}(-[A-Z0-9]{6}){3}\b/)[0];
};
const ana = await Person.with();
const isFor = name => ana.page.waitForSelector(`form[data-passkey][data-name="${name}"]`);
await ana.go('/enrol#' + other);
await isFor('Une autre');
check(ana.at === '/enrol' && !ana.page.url().includes('#'), 'a code stays in no address: ' + ana.page.url());
await ana.accessible();
const anas = await invite();
await ana.page.evaluate(to => { location.hash = to; }, anas); // in the page that stands open
await isFor('Ana Petrova');
await ana.page.goto('about:blank');
await ana.go('/enrol#' + other);
await isFor('Une autre');
await ana.page.fill('#f-code', anas);
await ana.press('form[action="/enrol/code"] button');
await isFor('Ana Petrova');
await ana.page.fill('#f-label', 'laptop');
await ana.press('button.first');
await ana.sign();
check((await ana.text('.who')).includes('Ana Petrova'), 'she is let in as herself: ' + await ana.text('.who'));

// ---- In French, narrow and dark

const french = await Person.enrolled(other, {locale: 'fr', viewport: {width: 320, height: 640}, colorScheme: 'dark'});
for (const path of pages) {
    await french.go(path);
    check(await french.page.getAttribute('html', 'lang') === 'fr', path + ' is in French');
    await french.accessible(path);
    check(await french.page.evaluate(() => document.documentElement.scrollWidth) <= 320, path + ' fits 320 pixels');
}
await formsOf(french, async what =>
    check(await french.page.evaluate(() => document.documentElement.scrollWidth) <= 320, what + ' fits 320 pixels'));
for (const path of ['/sign-in', '/enrol', '/verify', '/ours?what=x.com/acme']) {
    await french.go(path);
    await french.accessible(path);
}

// ---- Somebody who had a key is to enrol another: a second administrator is asked on their home, and nobody else

const again = await invite();
for (const one of [admin, ana]) {
    await one.go('/');
    check(!(await one.text()).includes('second administrator'), 'neither who asked nor whom it is for');
}
await french.go('/');
check((await french.text()).includes('que Ana Petrova puisse enregistrer'), await french.text());
await french.accessible('/');
check(await french.page.evaluate(() => document.documentElement.scrollWidth) <= 320, 'it fits 320 pixels');
await french.press('form[action="/do/key/confirm"] button');
await french.sign();
check((await french.text()).includes('est dans le journal'), await french.text());
await french.go('/');
check(await french.page.$('form[action="/do/key/confirm"]') === null, 'nothing waits any more');
await Person.enrolled(again);
await browser.close();
