// The home page of each role: what it shows leads on, and everybody can use it.
import { Person, browser, check, origin, folder } from './browser.mjs';
import fs from 'node:fs';

const codes = JSON.parse(fs.readFileSync(folder + '/codes.json', 'utf8'));

// With TENURE_LOOK set, pictures of what is looked at go there.
const look = process.env.TENURE_LOOK;
const picture = async (person, name) => look && person.page.screenshot({path: `${look}/${name}.png`, fullPage: true});

const sections = {
    admin: ['Stands open the longest', 'Gaps'], // first: who may see all sees most of what the others see
    h1: ['Late, and whom it waits for', 'Open cases, by last day'],
    l1: ['Disputed titles', 'Titles without a document', 'Holds in force', 'Proofs made lately'],
    v1: ['Your steps', 'Accept these', 'Waits for your word', 'What you hold'],
    s1: ['Waits for your word'],
};

// What pages of a kind are built of, as far as it was looked at: {kind: what}.
const lookedAt = {};
const wrong = [];
const isNew = async (person, kind) => {
    const seen = lookedAt[kind] ??= new Set(), parts = await person.skeleton();
    const fresh = parts.filter(part => !seen.has(part));
    fresh.forEach(part => seen.add(part));
    return fresh.length > 0;
};

for (const [who, titles] of Object.entries(sections)) {
    const person = await Person.enrolled(codes[who], {viewport: {width: 1000, height: 700}});
    await person.go('/');
    const shown = await person.page.$$eval('main h2', all => all.map(one => one.textContent));
    for (const title of titles)
        check(shown.includes(title), `${who} sees ${title}: ${shown}`);
    await person.accessible(`home of ${who}`);
    await picture(person, `${who}-light`);

    // Everything on it leads to a page that this reader may see.
    const links = await person.page.$$eval('main a', all => [...new Set(all.map(one => one.getAttribute('href').split('#')[0]))]);
    check(links.length > 2, `${who} has somewhere to go`);
    for (const link of links) {
        const answer = await person.go(link);
        check(answer.status() === 200, `${who} is led to ${link}: ${answer.status()}`);
        check(await person.page.$$eval('nav.crumbs [aria-current=page]', all => all.length) === 1, `${link} says where one is`);
        check(await person.page.$('form[role=search]') !== null, `${link} has a search`);
    }

    // Narrow, dark, in French; and on paper.
    await person.page.setViewportSize({width: 320, height: 640});
    await person.page.emulateMedia({colorScheme: 'dark'});
    await person.go('/language?to=fr&then=/');
    check(await person.page.getAttribute('html', 'lang') === 'fr', 'in French');
    await person.accessible(`home of ${who}, narrow, dark, in French`);
    check(await person.page.evaluate(() => document.documentElement.scrollWidth) <= 320, `the home of ${who} fits 320 pixels`);
    await picture(person, `${who}-dark-320`);
    await person.page.setViewportSize({width: 1000, height: 700});
    await person.page.emulateMedia({media: 'print', colorScheme: 'dark'});
    check(await person.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor) === 'rgb(255, 255, 255)', 'paper is white');
    check(!await person.page.isVisible('form[role=search]') && await person.page.isVisible('nav.crumbs'), 'what paper cannot do is not on it');
    await picture(person, `${who}-print`);
    await person.page.emulateMedia({media: null, colorScheme: who === 'admin' ? 'dark' : 'light'});
    await person.page.setViewportSize({width: 320, height: 640});
    let looks = 0;
    const fits = async (path, width) => {
        if (await person.page.evaluate(() => document.documentElement.scrollWidth) > width)
            wrong.push(`${path} is wider than ${width} pixels`);
    };
    const kinds = await person.eachKind('/', async (path, kind) => {
        if (!await isNew(person, kind))
            return;
        looks++;
        await person.accessible(`${path}, narrow, in French, as ${who}`).catch(error => wrong.push(error.message));
        await fits(path, 320);
        await person.page.setViewportSize({width: 640, height: 700}); // of 1280, at 200 %
        await fits(path, 640);
        await person.page.setViewportSize({width: 320, height: 640});
    }, who === 'admin' ? undefined : /^\/(do|ask|acts)\//); // forms are the same for all who may send them
    console.log(`${who}: ${kinds} kinds of pages, ${looks} looked at`);
    check(who !== 'admin' || (kinds > 60 && looks === kinds), `${kinds} kinds of pages, ${looks} looked at`);
    check(looks > 0, `${who} sees something of their own: ${looks}`);
    person.quiet();
    await person.context.close();
}
check(wrong.length === 0, wrong.join('\n'));
await browser.close();
