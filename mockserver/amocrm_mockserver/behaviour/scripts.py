"""What amoCRM gives to browsers: scripts for other people's sites, and a page of its own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from amocrm_mockserver.message import Response, html_response

if TYPE_CHECKING:
    from amocrm_mockserver.engine import Engine
    from amocrm_mockserver.exchange import Exchange

__all__ = [
    "show_access_button",
    "show_contact_page",
    "show_form",
    "show_pixel",
    "show_site_button",
]

_KIND: Final = (("Content-Type", "application/javascript; charset=utf-8"),)
_ACCESS_BUTTON: Final = """(function () {
  var script = document.currentScript;
  var data = script.dataset;
  var button = document.createElement("button");
  button.type = "button";
  button.className = data.className || "";
  button.textContent = data.title || "amoCRM";
  button.style.background = data.color || "#339DC7";
  button.addEventListener("click", function () {
    var asked = new URLSearchParams({client_id: data.clientId, mode: data.mode || "post_message"});
    if (data.state) asked.set("state", data.state);
    window.open(new URL(script.src).origin + "/oauth?" + asked, "amocrm_oauth");
  });
  script.parentNode.insertBefore(button, script);
})();
"""
_FORM: Final = """(function (place) {
  var script = document.currentScript;
  var origin = new URL(script.src).origin;
  function add(form, name, value, type) {
    var input = document.createElement("input");
    input.name = name;
    input.type = type || "hidden";
    input.value = value;
    form.appendChild(input);
  }
  ((place.amo_forms_load || {}).f || []).forEach(function (known) {
    var form = document.createElement("form");
    form.method = "post";
    form.action = origin + "/queue/add";
    add(form, "form_id", known.id);
    add(form, "hash", known.hash);
    add(form, "fields[name_1]", "", "text");
    add(form, "fields[note_2]", "", "text");
    var origins = {datetime: new Date().toString(), referer: place.location.href};
    add(form, "user_origin", JSON.stringify(origins));
    add(form, "", "OK", "submit");
    script.parentNode.insertBefore(form, script);
  });
})(window);
"""
_SITE_BUTTON: Final = """(function (place) {
  var listeners = [];
  place.crmPlugin = {
    onConversationsChange: function (listener) { listeners.push(listener); },
    runDestroy: function () { listeners = []; delete place.crmPlugin; }
  };
})(window);
"""
_PIXEL: Final = """(function (place) {
  var key = "amo_visitor_uid";
  place.AMOPIXEL_IDENTIFIER = {
    getVisitorUid: function () {
      var uid = place.localStorage.getItem(key) || place.crypto.randomUUID();
      place.localStorage.setItem(key, uid);
      return uid;
    }
  };
})(window);
"""
_CONTACT_PAGE: Final = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>
<form><input name="contact[NAME]"><input name="phone" type="tel" value="{phone}"></form>
</body></html>"""


def show_access_button(_engine: Engine, _exchange: Exchange) -> Response:
    """The script of the button that asks a user for access."""
    return Response(200, _KIND, _ACCESS_BUTTON.encode())


def show_form(_engine: Engine, _exchange: Exchange) -> Response:
    """The script that draws web forms."""
    return Response(200, _KIND, _FORM.encode())


def show_site_button(_engine: Engine, _exchange: Exchange) -> Response:
    """The script of the button by which visitors of a site write."""
    return Response(200, _KIND, _SITE_BUTTON.encode())


def show_pixel(_engine: Engine, _exchange: Exchange) -> Response:
    """The script that knows visitors of a site again."""
    return Response(200, _KIND, _PIXEL.encode())


def show_contact_page(_engine: Engine, exchange: Exchange) -> Response:
    """The form of a new contact, with the phone filled in; saving it needs a browser."""
    phone = exchange.query.get("phone", "")
    title = "Новый контакт" if exchange.account.speaks_russian else "New contact"
    shown = escape(phone if isinstance(phone, str) else "")
    return html_response(200, _CONTACT_PAGE.format(title=title, phone=shown))
