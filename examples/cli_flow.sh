#!/usr/bin/env bash
# The whole way from a login to the log of what was run, without a browser and without an account:
# a mock server plays amoCRM, and its control call plays the person who grants access.
set -euo pipefail

folder=$(mktemp -d)
export AMOCRM_CONFIG_FOLDER="$folder/config" AMOCRM_STATE_FOLDER="$folder/state" AMOCRM_SHARED_FOLDER="$folder/shared"

# 1. The mock server, with one account and one integration.
cat > "$folder/seed.yaml" <<'YAML'
integrations:
  - client_id: aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee
    client_secret: practice-secret
    redirect_uri: "https://www.example.com/oauth2/"
accounts:
  - subdomain: example
    users: [{name: Ann Lee, email: ann@example.com, admin: true}]
YAML
amocrm mock serve --port 0 --tls-port 0 --seed "$folder/seed.yaml" > "$folder/ready" &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
until [ -s "$folder/ready" ]; do sleep 0.1; done
url=$(cut -d' ' -f2 "$folder/ready")

# 2. Log in. Without a browser it prints the page that a person has to open, and ends with 3.
printf practice-secret > "$folder/secret"
amocrm login example.amocrm.ru --base-url "$url" --client-id aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee \
    --client-secret "@$folder/secret" --redirect-uri https://www.example.com/oauth2/ --no-browser > "$folder/login.json" \
    2> "$folder/told" && exit 1 || [ $? -eq 3 ]
code=$(amocrm mock code example --url "$url" --jq .output.code)
amocrm login complete "$code" --jq .output.state

# 3. What is connected, and what can be done.
amocrm connection list --jq '.output.items[] | [.id, .domain, .state]'
amocrm action list --intent "create a lead with a contact" --limit 3 --jq '.output.items[].id'
amocrm action show create-lead-with-contact --jq .output.inputSchema.required

# 4. Show what would be sent, do it, and read it back.
input='{"name": "Roof repair", "price": 25000, "contact": {"name": "Bob Roe", "phone": "+7 915 000-00-01"}}'
amocrm action run create-lead-with-contact --input "$input" --dry-run --jq '.output.requests[] | [.method, .url]'
lead=$(amocrm action run create-lead-with-contact --input "$input" --jq .output.lead_id)
amocrm leads get "$lead" --fields id,name,price
amocrm request "/api/v4/leads/$lead" --query with=contacts --jq '.output._embedded.contacts | length'

# 5. What was run.
run=$(amocrm runs list --limit 1 --jq '.output.items[0].id')
amocrm runs get "$run" --jq '.output | [.command, .outcome]'
