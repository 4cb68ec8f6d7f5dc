// Drives the npm client amocrm-js through the steps, with only its own packages in reach.
'use strict';

const { serve } = require('../common/wire.js');
const { Client } = require('amocrm-js');

const NOT_OFFERED = {
  read_again: 'repeats no request',
  refresh_refused: "goes by the token's own expiry only",
};

// Steps that its factories do not cover; client.request, its documented way to call any route,
// serves them.
const GENERIC = [
  'read_account',
  'create_complex',
  'list_fields',
  'link_contact',
  'unlink_contact',
  'employ_contact',
  'add_note',
  'list_notes',
  'list_pipelines',
  'list_users',
];

const DAY = 86400;
const FAR_TOO_MANY_PAGES = 100;

let client;
let settings;

const idsOf = (rows) => rows.map(({ id }) => id);

async function walk(factory, criteria) {
  const page = await factory.get(criteria);
  const ids = idsOf(page.getData());
  for (let number = 1; page.hasNext(); number += 1) {
    if (number > FAR_TOO_MANY_PAGES) {
      throw new Error('the next page never ends');
    }
    await page.next();
    ids.push(...idsOf(page.getData()));
  }
  return ids;
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const problem = error.data || {};
    return { type: error.constructor.name, message: `${error.message} ${JSON.stringify(problem)}` };
  }
  return null;
}

function connectWith(auth) {
  return new Client({ domain: settings.subdomain, auth });
}

function heldTokens() {
  const { access_token, refresh_token } = client.token.getValue();
  return { access_token, refresh_token };
}

const embedded = (response, key) => (response.data._embedded ? response.data._embedded[key] : []);

const field = (attributes, code) => {
  const found = (attributes.custom_fields_values || []).find((item) => item.field_code === code);
  return found ? found.values[0].value : null;
};

const commands = {
  open_account({ subdomain, client_id, client_secret, redirect_uri }) {
    settings = { subdomain, auth: { client_id, client_secret, redirect_uri } };
    client = connectWith({ ...settings.auth });
  },

  held_tokens: heldTokens,

  hold_tokens({ access_token, refresh_token, days }) {
    // A process that starts anew with the token that another one has saved.
    client = connectWith({ ...settings.auth });
    client.token.setValue({
      token_type: 'Bearer',
      expires_in: DAY,
      expires_at: Date.now() + (DAY - days * DAY) * 1000,
      access_token,
      refresh_token,
    });
  },

  async login({ code }) {
    client = connectWith({ ...settings.auth, code });
    await client.connection.connect();
    return heldTokens();
  },

  async read_account() {
    const { data } = await client.request.get('/api/v4/account', { with: 'version,users_groups' });
    const { id, name, subdomain, country } = data;
    return { id, name, subdomain, country };
  },

  async create_lead({ name, price }) {
    const lead = new client.Lead({ name, price });
    await lead.save();
    return lead.id;
  },

  async create_contact({ first_name, last_name, phone, email }) {
    const contact = new client.Contact({
      name: `${first_name} ${last_name}`,
      first_name,
      last_name,
      custom_fields_values: [
        { field_code: 'PHONE', values: [{ value: phone, enum_code: 'WORK' }] },
        { field_code: 'EMAIL', values: [{ value: email, enum_code: 'WORK' }] },
      ],
    });
    await contact.save();
    return contact.id;
  },

  async create_company({ name }) {
    const company = new client.Company({ name });
    await company.save();
    return company.id;
  },

  async create_leads({ names }) {
    return idsOf(await client.leads.create(names.map((name) => ({ name }))));
  },

  async create_contacts({ names }) {
    return idsOf(await client.contacts.create(names.map((name) => ({ name }))));
  },

  async create_complex({ lead, contact, phone, company }) {
    const phones = { field_code: 'PHONE', values: [{ value: phone, enum_code: 'WORK' }] };
    const { data } = await client.request.post('/api/v4/leads/complex', [
      {
        name: lead,
        price: 10,
        _embedded: {
          contacts: [{ name: contact, custom_fields_values: [phones] }],
          companies: [{ name: company }],
        },
      },
    ]);
    const [created] = data;
    return {
      lead: created.id,
      contact: created.contact_id,
      company: created.company_id,
      merged: created.merged,
    };
  },

  async read_lead({ lead_id }) {
    const lead = await client.leads.getById(lead_id, { with: ['contacts', 'loss_reason'] });
    return {
      id: lead.id,
      name: lead.name,
      price: lead.price,
      pipeline_id: lead.pipeline_id,
      status_id: lead.status_id,
      responsible_user_id: lead.responsible_user_id,
      created_at: lead.created_at,
      contacts: idsOf(lead.embeddedContacts.get()),
      tags: lead.embeddedTags.get().map(({ name }) => name),
    };
  },

  async read_contact({ contact_id }) {
    const contact = await client.contacts.getById(contact_id);
    return {
      id: contact.id,
      name: contact.name,
      first_name: contact.first_name,
      last_name: contact.last_name,
      phone: field(contact, 'PHONE'),
      email: field(contact, 'EMAIL'),
    };
  },

  list_leads: ({ limit }) => walk(client.leads, { limit, with: ['contacts'] }),

  list_contacts: ({ limit }) => walk(client.contacts, { limit }),

  find_by_id: ({ ids }) => walk(client.leads, { filter: { id: ids }, limit: 2 }),

  find_by_time: ({ start, end }) =>
    walk(client.leads, { filter: { created_at: { from: start, to: end } } }),

  find_by_stage: ({ pipeline_id, status_id }) =>
    walk(client.leads, { filter: { statuses: [{ pipeline_id, status_id }] } }),

  search: ({ text }) => walk(client.leads, { query: text }),

  list_backwards: ({ ids }) =>
    walk(client.leads, { filter: { id: ids }, order: { id: 'desc' }, limit: 2 }),

  async update_lead({ lead_id, name, price }) {
    const lead = await client.leads.getById(lead_id);
    lead.name = name;
    lead.price = price;
    await lead.save();
  },

  async update_contact({ contact_id, first_name, last_name }) {
    await client.contacts.update([{ id: contact_id, first_name, last_name }]);
  },

  async update_leads({ prices }) {
    const changed = Object.entries(prices).map(([id, price]) => ({ id: Number(id), price }));
    return idsOf(await client.leads.update(changed));
  },

  async save_again({ lead_id, name }) {
    const lead = await client.leads.getById(lead_id);
    lead.name = name;
    await lead.save();
  },

  async move_lead({ lead_id, pipeline_id, status_id }) {
    await client.leads.update([{ id: lead_id, pipeline_id, status_id }]);
  },

  async list_fields() {
    const response = await client.request.get('/api/v4/leads/custom_fields', { limit: 250 });
    return idsOf(embedded(response, 'custom_fields'));
  },

  async fill_fields({ lead_id, definitions, values }) {
    const lead = await client.leads.getById(lead_id);
    lead.custom_fields_values = Object.entries(values).map(([kind, value]) => ({
      field_id: definitions[kind].id,
      values: [{ value }],
    }));
    await lead.save();
  },

  async read_fields({ lead_id, definitions }) {
    const lead = await client.leads.getById(lead_id);
    const value = (kind) =>
      lead.custom_fields_values.find(({ field_id }) => field_id === definitions[kind].id).values[0]
        .value;
    const day = new Date(value('date') * 1000);
    return {
      text: value('text'),
      numeric: Number(value('numeric')),
      checkbox: value('checkbox'),
      select: value('select'),
      date: [day.getFullYear(), day.getMonth() + 1, day.getDate()],
    };
  },

  async tag_lead({ lead_id, tags }) {
    const lead = await client.leads.getById(lead_id);
    lead.embeddedTags.add([...lead.embeddedTags.get(), ...tags.map((name) => ({ name }))]);
    await lead.save();
  },

  async create_tag({ name }) {
    const [tag] = await client.leads.tags.create([{ name }]);
    return tag.id;
  },

  async list_tags() {
    const page = await client.leads.tags.get();
    return page.getData().map(({ name }) => name);
  },

  async link_contact({ lead_id, contact_id }) {
    const link = {
      to_entity_id: contact_id,
      to_entity_type: 'contacts',
      metadata: { is_main: true },
    };
    await client.request.post(`/api/v4/leads/${lead_id}/link`, [link]);
  },

  async unlink_contact({ lead_id, contact_id }) {
    const link = { to_entity_id: contact_id, to_entity_type: 'contacts' };
    await client.request.post(`/api/v4/leads/${lead_id}/unlink`, [link]);
  },

  async employ_contact({ contact_id, company_name }) {
    const company = new client.Company({ name: company_name });
    await company.save();
    const link = { to_entity_id: company.id, to_entity_type: 'companies' };
    await client.request.post(`/api/v4/contacts/${contact_id}/link`, [link]);
    const contact = await client.contacts.getById(contact_id);
    return contact.embeddedCompanies.get()[0].id;
  },

  async add_note({ lead_id, text }) {
    const response = await client.request.post(`/api/v4/leads/${lead_id}/notes`, [
      { note_type: 'common', params: { text } },
    ]);
    return embedded(response, 'notes')[0].id;
  },

  async list_notes({ lead_id }) {
    const response = await client.request.get(`/api/v4/leads/${lead_id}/notes`);
    return embedded(response, 'notes').map(({ params }) => params.text);
  },

  async add_task({ lead_id, text, complete_till }) {
    const task = new client.Task({
      text,
      complete_till,
      entity_id: lead_id,
      entity_type: 'leads',
    });
    await task.save();
    return task.id;
  },

  list_tasks: ({ lead_id }) =>
    walk(client.tasks, { filter: { entity_type: 'leads', entity_id: lead_id, is_completed: 0 } }),

  async complete_task({ task_id }) {
    const task = await client.tasks.getById(task_id);
    task.is_completed = true;
    task.result = { text: 'Called back' };
    await task.save();
  },

  async list_pipelines() {
    const response = await client.request.get('/api/v4/leads/pipelines');
    return Object.fromEntries(
      embedded(response, 'pipelines').map(({ id, _embedded }) => [id, idsOf(_embedded.statuses)]),
    );
  },

  async list_users() {
    const response = await client.request.get('/api/v4/users', { limit: 250 });
    return embedded(response, 'users').map(({ id, name, email }) => ({ id, name, email }));
  },

  async read_missing_lead({ lead_id }) {
    const lead = await client.leads.getById(lead_id);
    return lead.isNew() ? { type: 'empty entity', message: 'without an id' } : null;
  },

  create_invalid_lead: ({ name, responsible_user_id }) =>
    refusal(() => client.leads.create([{ name, responsible_user_id }])),

  create_refused_lead: ({ name }) => refusal(() => client.leads.create([{ name, price: 1 }])),

  login_again({ code }) {
    const again = connectWith({ ...settings.auth, code });
    return refusal(() => again.connection.connect());
  },

  create_with_bad_token({ name }) {
    const forged = `${heldTokens().access_token.split('.').slice(0, 2).join('.')}.AAAA`;
    const stranger = connectWith({ ...settings.auth, bearer: forged });
    return refusal(() => stranger.leads.create([{ name, price: 1 }]));
  },
};

serve(commands, NOT_OFFERED, GENERIC);
