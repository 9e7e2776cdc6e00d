// People in front of browsers: each with a browser context of their own and a passkey in it.
import { chromium } from 'playwright-core';
import { createRequire } from 'node:module';
import fs from 'node:fs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const [, , origin, folder] = process.argv;

export function check(yes, words) {
    if (!yes)
        throw new Error('not so: ' + words);
}

export const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});

// Of accounts one is like another, and so are the forms of a noun.
const kindOf = path => {
    const [, first, second, third] = path.split(/[?#]/)[0].split('/');
    return ['do', 'ask', 'acts', 'reports'].includes(first) ? `${first}/${second}` : `${first}${second ? '/*' : ''}/${third ?? ''}`;
};

export class Person {
    static async with(options = {}) {
        const p = new Person();
        p.context = await browser.newContext({locale: 'en', ...options});
        p.page = await p.context.newPage();
        p.page.setDefaultTimeout(600_000); // a busy machine is no fault: only what never comes is
        p.troubles = [];
        p.page.on('pageerror', error => p.troubles.push(error.message));
        p.page.on('console', message => message.type() === 'error' && p.troubles.push(`${message.text()} ${message.location().url}`));
        p.cdp = await p.context.newCDPSession(p.page);
        await p.cdp.send('WebAuthn.enable');
        p.authenticator = (await p.cdp.send('WebAuthn.addVirtualAuthenticator', {options: {
            protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
            isUserVerified: true, automaticPresenceSimulation: true,
        }})).authenticatorId;
        return p;
    }

    // With the code of an invitation: the browser makes a passkey, which signs its own enrolment.
    static async enrolled(code, options) {
        const p = await Person.with(options);
        await p.go('/enrol');
        await p.page.fill('#f-code', code);
        await p.page.click('main button');
        await p.page.fill('#f-label', 'laptop');
        await p.press('button.first');
        await p.sign();
        check(p.at === '/', 'an enrolled person is signed in, but at ' + p.page.url());
        return p;
    }

    get at() { const url = new URL(this.page.url()); return url.pathname + url.search; }
    async go(path) { return this.page.goto(origin + path); }
    async text(selector = 'main') { return this.page.textContent(selector); }

    // A click that leads to another page.
    async press(selector) {
        await Promise.all([this.page.waitForNavigation(), this.page.click(selector, {noWaitAfter: true})]);
    }

    // On the page that says what is about to be signed: what it says, and then the passkey. What is refused before has
    // no such page.
    async sign() {
        const said = await this.text();
        if (await this.page.$('form[data-passkey]'))
            await this.press('form[data-passkey] button.first');
        return said;
    }

    // A form of an act, filled in, signed; returns what came of it.
    async act(path, values = {}) {
        await this.go(path);
        await this.fill(values);
        const missing = await this.page.$$eval('form.act :invalid:not(form):not(fieldset)', all => all.map(one => one.name));
        check(missing.length === 0, `the form of ${path} wants ${missing}`);
        await this.press('form.act button:not([name])');
        if (await this.page.$('form.act'))
            return this.text();
        await this.sign();
        return this.text();
    }

    async fill(values) {
        for (const [name, value] of Object.entries(values)) {
            const field = this.page.locator(`form.act [name="${name}"]`).first();
            const tag = await field.evaluate(at => at.tagName + (at.type || ''));
            if (tag.startsWith('SELECT'))
                await field.selectOption(value);
            else if (tag.endsWith('checkbox'))
                await field.check();
            else if (tag.endsWith('file'))
                await field.setInputFiles(value);
            else
                await field.fill(value);
        }
    }

    async signIn() {
        await this.go('/sign-in');
        await this.press('button.first');
    }

    // Nothing that WCAG 2.2 AA forbids, as far as a program can tell.
    async accessible(where = this.at) {
        await this.page.evaluate(axe);
        const found = await this.page.evaluate(async () => (await axe.run(document, {
            resultTypes: ['violations'], preload: false,
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        })).violations.map(v => v.id + ' ' + v.nodes[0].html.slice(0, 200)));
        check(found.length === 0, `axe on ${where}: ${found.join('\n')}`);
    }

    // One page of each kind that links lead to from here: of accounts one, of the forms of a noun one. Of a thing, its key
    // may be all that somebody may see of it.
    async eachKind(from, look, but = /^$/) {
        const kinds = new Set([kindOf(from)]), paths = [from], refused = [];
        for (const path of paths) {
            const answer = await this.go(path);
            const shut = answer.status() === 403 && /^\/[a-z]+\/[^/]+$/.test(path);
            check(answer.status() === 200 || shut, `${path}: ${answer.status()}`);
            if (shut)
                refused.push(path);
            await look(path, shut ? 'shut' : kindOf(path));
            for (const link of await this.page.$$eval('a[href^="/"]:not([download])', all => all.map(one => one.getAttribute('href')))) {
                if (kinds.has(kindOf(link)) || but.test(link) || /^\/(v1|assets|language|log\/proof|done)\b/.test(link))
                    continue;
                kinds.add(kindOf(link));
                paths.push(link);
            }
        }
        this.troubles = this.troubles.filter(one => !refused.some(path => one.includes(' 403 ') && one.endsWith(path)));
        return paths.length;
    }

    // What the page is built of, whatever is written in it: what stands in what, headings, and where forms lead.
    async skeleton() {
        return this.page.evaluate(() => {
            const of = at => at.localName + [...at.classList].sort().map(one => '.' + one).join('') + (at.getAttribute('role') ?? '') + (at.type ?? '');
            const leads = at => (at.getAttribute('action') ?? '').split(/[?#]/)[0].split('/').slice(0, 3).join('/');
            return [...new Set([...document.querySelectorAll('body *')].map(at =>
                `${of(at.parentElement)} > ${of(at)}${at.localName === 'h2' ? ' ' + at.textContent.replace(/\d+/g, '') : ''}${at.localName === 'form' ? ' ' + leads(at) : ''}`))];
        });
    }

    quiet() { check(this.troubles.length === 0, this.troubles.join('\n')); }
}
