// Drives the npm client @shevernitskiy/amo through the steps, with only its own package in reach.
'use strict';

const { serve } = require('../common/wire.js');
const { Amo } = require('@shevernitskiy/amo');

const NOT_OFFERED = {
  find_nothing: 'takes an empty list for an error',
  unlink_contact: 'takes the answer to a done unlinking for an error',
  read_again: 'repeats no request',
  refresh_refused: "goes by the token's own expiry only",
};

const DAY = 86400;

let client;
let settings;

const idsOf = (rows) => rows.map(({ id }) => id);
const made = (answer, key) => idsOf(answer._embedded[key]);

async function walk(fetchPage, key, limit = 50) {
  const ids = [];
  for (let page = 1; ; page += 1) {
    const answer = await fetchPage({ page, limit });
    ids.push(...made(answer, key));
    if (!answer._links.next) {
      return ids;
    }
  }
}

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    const problem = error.response || {};
    return { type: error.constructor.name, message: `${error.message} ${JSON.stringify(problem)}` };
  }
  return null;
}

function connectWith(auth) {
  return new Amo(settings.host, { ...settings.auth, ...auth }, { request_delay: 0 });
}

const byCode = (code) => connectWith({ grant_type: 'authorization_code', code });

function heldTokens() {
  const { access_token, refresh_token } = client.token;
  return { access_token, refresh_token };
}

const fieldValue = (entity, test) => entity.custom_fields_values.find(test).values[0].value;

const commands = {
  open_account({ subdomain, zone, client_id, client_secret, redirect_uri }) {
    settings = {
      host: `${subdomain}.${zone}`,
      auth: { client_id, client_secret, redirect_uri },
    };
  },

  held_tokens: heldTokens,

  hold_tokens({ access_token, refresh_token, days }) {
    client = connectWith({
      token_type: 'Bearer',
      expires_in: DAY,
      expires_at: Date.now() + (DAY - days * DAY) * 1000,
      access_token,
      refresh_token,
    });
  },

  async login({ code }) {
    client = byCode(code);
    await client.account.getAccount();
    return heldTokens();
  },

  async read_account() {
    const { id, name, subdomain, country } = await client.account.getAccount({
      with: ['version', 'users_groups'],
    });
    return { id, name, subdomain, country };
  },

  async create_lead({ name, price }) {
    return made(await client.lead.addLeads([{ name, price }]), 'leads')[0];
  },

  async create_contact({ first_name, last_name, phone, email }) {
    const contact = {
      first_name,
      last_name,
      custom_fields_values: [
        { field_code: 'PHONE', values: [{ value: phone, enum_code: 'WORK' }] },
        { field_code: 'EMAIL', values: [{ value: email, enum_code: 'WORK' }] },
      ],
    };
    return made(await client.contact.addContacts([contact]), 'contacts')[0];
  },

  async create_company({ name }) {
    return made(await client.company.addCompanies([{ name }]), 'companies')[0];
  },

  async create_leads({ names }) {
    return made(await client.lead.addLeads(names.map((name) => ({ name }))), 'leads');
  },

  async create_contacts({ names }) {
    return made(await client.contact.addContacts(names.map((name) => ({ name }))), 'contacts');
  },

  async create_complex({ lead, contact, phone, company }) {
    const phones = { field_code: 'PHONE', values: [{ value: phone, enum_code: 'WORK' }] };
    const [created] = await client.lead.addComplex([
      {
        name: lead,
        price: 10,
        _embedded: {
          contacts: [{ name: contact, custom_fields_values: [phones] }],
          companies: [{ name: company }],
        },
      },
    ]);
    return {
      lead: created.id,
      contact: created.contact_id,
      company: created.company_id,
      merged: created.merged,
    };
  },

  async read_lead({ lead_id }) {
    const lead = await client.lead.getLeadById(lead_id, { with: ['contacts'] });
    return {
      id: lead.id,
      name: lead.name,
      price: lead.price,
      pipeline_id: lead.pipeline_id,
      status_id: lead.status_id,
      responsible_user_id: lead.responsible_user_id,
      created_at: lead.created_at,
      contacts: idsOf(lead._embedded.contacts),
      tags: lead._embedded.tags.map(({ name }) => name),
    };
  },

  async read_contact({ contact_id }) {
    const contact = await client.contact.getContactById(contact_id);
    const byFieldCode = (code) => fieldValue(contact, ({ field_code }) => field_code === code);
    const { id, name, first_name, last_name } = contact;
    return {
      id,
      name,
      first_name,
      last_name,
      phone: byFieldCode('PHONE'),
      email: byFieldCode('EMAIL'),
    };
  },

  list_leads: ({ limit }) => walk((page) => client.lead.getLeads(page), 'leads', limit),

  list_contacts: ({ limit }) =>
    walk((page) => client.contact.getContacts(page), 'contacts', limit),

  find_by_id({ ids }) {
    const filter = (wanted) => wanted.multi('id', ids);
    return walk((page) => client.lead.getLeads({ ...page, filter }), 'leads', 2);
  },

  find_by_time({ start, end }) {
    const filter = (wanted) => wanted.range('created_at', start, end);
    return walk((page) => client.lead.getLeads({ ...page, filter }), 'leads');
  },

  find_by_stage({ pipeline_id, status_id }) {
    const filter = (wanted) => wanted.statuses([[pipeline_id, status_id]]);
    return walk((page) => client.lead.getLeads({ ...page, filter }), 'leads');
  },

  search: ({ text }) => walk((page) => client.lead.getLeads({ ...page, query: text }), 'leads'),

  list_backwards({ ids }) {
    const filter = (wanted) => wanted.multi('id', ids);
    const order = { param: 'id', type: 'desc' };
    return walk((page) => client.lead.getLeads({ ...page, filter, order }), 'leads', 2);
  },

  async update_lead({ lead_id, name, price }) {
    await client.lead.updateLeadById(lead_id, { name, price });
  },

  async update_contact({ contact_id, first_name, last_name }) {
    await client.contact.updateContactById(contact_id, { first_name, last_name });
  },

  async update_leads({ prices }) {
    const changed = Object.entries(prices).map(([id, price]) => ({ id: Number(id), price }));
    return made(await client.lead.updateLeads(changed), 'leads');
  },

  async save_again({ lead_id, name }) {
    const lead = await client.lead.getLeadById(lead_id);
    await client.lead.updateLeads([{ ...lead, name }]);
  },

  async move_lead({ lead_id, pipeline_id, status_id }) {
    await client.lead.updateLeadById(lead_id, { pipeline_id, status_id });
  },

  async list_fields() {
    const answer = await client.custom_fields.getCustomFields('leads', undefined, { limit: 250 });
    return made(answer, 'custom_fields');
  },

  async fill_fields({ lead_id, definitions, values }) {
    const custom_fields_values = Object.entries(values).map(([kind, value]) => ({
      field_id: definitions[kind].id,
      values: [{ value }],
    }));
    await client.lead.updateLeadById(lead_id, { custom_fields_values });
  },

  async read_fields({ lead_id, definitions }) {
    const lead = await client.lead.getLeadById(lead_id);
    const value = (kind) =>
      fieldValue(lead, ({ field_id }) => field_id === definitions[kind].id);
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
    const lead = await client.lead.getLeadById(lead_id);
    const kept = lead._embedded.tags.map(({ id }) => ({ id }));
    const added = tags.map((name) => ({ name }));
    await client.lead.updateLeadById(lead_id, { _embedded: { tags: [...kept, ...added] } });
  },

  async create_tag({ name }) {
    return made(await client.tag.addTags('leads', [{ name }]), 'tags')[0];
  },

  async list_tags() {
    const answer = await client.tag.getTags('leads', { limit: 250 });
    return answer._embedded.tags.map(({ name }) => name);
  },

  async link_contact({ lead_id, contact_id }) {
    const link = {
      to_entity_id: contact_id,
      to_entity_type: 'contacts',
      metadata: { is_main: true },
    };
    await client.link.addLinksByEntityId(lead_id, 'leads', [link]);
  },

  async employ_contact({ contact_id, company_name }) {
    const to_entity_id = await commands.create_company({ name: company_name });
    const link = { to_entity_id, to_entity_type: 'companies' };
    await client.link.addLinksByEntityId(contact_id, 'contacts', [link]);
    const contact = await client.contact.getContactById(contact_id);
    return contact._embedded.companies[0].id;
  },

  async add_note({ lead_id, text }) {
    const note = { entity_id: lead_id, note_type: 'common', params: { text } };
    return made(await client.note.addNotes('leads', [note]), 'notes')[0];
  },

  async list_notes({ lead_id }) {
    const answer = await client.note.getNotesByEntityId(lead_id, 'leads');
    return answer._embedded.notes.map(({ params }) => params.text);
  },

  async add_task({ lead_id, text, complete_till }) {
    const task = { text, complete_till, entity_id: lead_id, entity_type: 'leads' };
    return made(await client.task.addTasks([task]), 'tasks')[0];
  },

  list_tasks({ lead_id }) {
    const filter = (wanted) =>
      wanted.single('entity_type', 'leads').multi('entity_id', [lead_id]).single('is_completed', 0);
    return walk((page) => client.task.getTasks({ ...page, filter }), 'tasks');
  },

  async complete_task({ task_id }) {
    const done = { is_completed: true, result: { text: 'Called back' } };
    await client.task.completeTaskById(task_id, done);
  },

  async list_pipelines() {
    const answer = await client.pipeline.getPipelines();
    return Object.fromEntries(
      answer._embedded.pipelines.map(({ id, _embedded }) => [id, idsOf(_embedded.statuses)]),
    );
  },

  async list_users() {
    const answer = await client.user.getUsers({ limit: 250 });
    return answer._embedded.users.map(({ id, name, email }) => ({ id, name, email }));
  },

  read_missing_lead: ({ lead_id }) => refusal(() => client.lead.getLeadById(lead_id)),

  create_invalid_lead: ({ name, responsible_user_id }) =>
    refusal(() => client.lead.addLeads([{ name, responsible_user_id }])),

  create_refused_lead: ({ name }) => refusal(() => client.lead.addLeads([{ name, price: 1 }])),

  login_again: ({ code }) => refusal(() => byCode(code).account.getAccount()),

  create_with_bad_token({ name }) {
    const { access_token, refresh_token } = heldTokens();
    const forged = `${access_token.split('.').slice(0, 2).join('.')}.AAAA`;
    const stranger = connectWith({
      token_type: 'Bearer',
      expires_in: DAY,
      expires_at: Date.now() + DAY * 1000,
      access_token: forged,
      refresh_token,
    });
    return refusal(() => stranger.lead.addLeads([{ name, price: 1 }]));
  },
};

serve(commands, NOT_OFFERED, []);
