"""Opens the language model of a provider by LangChain, and says which host it would contact."""

import re
from importlib.util import find_spec
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qa.errors import BadRequest
from qa.model_troubles import missing_key
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

EXTRAS = {f"langchain-{name}": f"'.[{name}]'" for name in ("ollama", "openai", "anthropic")}
"""Packages that are extras of this project, and how to install those."""

SAY_HOW_THEY_END = {"ollama", "openai", "azure_openai", "anthropic"}
"""Providers whose replies always say why they end; without it, a reply was cut off."""

MOST_CONTEXT_TOKENS = 32_768
"""Ollama reserves memory for as many tokens as are asked for, so not for any budget."""


def provider_of(settings: Settings) -> str:
    """The provider of the model that is set: `ollama` of `ollama:llama3.2:1b`."""
    return settings.llm.partition(":")[0]


def check_installed(settings: Settings) -> None:
    """Raise BadRequest where the provider isn't known or its package is missing.

    A package is only looked for, for importing it takes seconds.
    """
    provider = provider_of(settings)
    # Few packages are named otherwise than their provider; what that one lacks, opening it tells.
    if not (provider.isidentifier() and find_spec(f"langchain_{provider}")):
        open_chat_model(settings, with_temperature=False)


def open_chat_model(settings: Settings, *, with_temperature: bool) -> "BaseChatModel":
    """The LangChain model; takes seconds, the first time.

    Raises BadRequest where a package or a key is missing or the provider isn't known, and
    whatever the provider's package raises where it takes no temperature.
    """
    from langchain.chat_models import init_chat_model

    provider, name = provider_of(settings), settings.llm.partition(":")[2]
    options = _options(settings) | ({"temperature": 0} if with_temperature else {})
    try:
        model: Any = init_chat_model(name, model_provider=provider, **options)  # Any: 30 classes
    except ImportError as error:
        raise BadRequest(_how_to_install(provider, error)) from error
    except Exception as error:
        if with_temperature and "temperature" in str(error).lower():
            raise
        raise BadRequest(_how_to_open(settings, error)) from error
    for field, variable in getattr(model, "lc_secrets", {}).items():
        # Some classes ask for their key at once; others go on with an empty one.
        if hasattr(key := getattr(model, field, None), "get_secret_value") and not key:
            raise BadRequest(f"{settings.llm} needs a key; set {variable}.")
    if hasattr(model, "stream_usage"):
        model.stream_usage = True  # otherwise off where there is a base URL
    if hasattr(model, "stream_chunk_timeout"):
        model.stream_chunk_timeout = None  # the caller has a limit for the whole reply
    _keep_to_one_host(model, settings)
    return model  # type: ignore[no-any-return]  # see above


def most_tokens(model: "BaseChatModel", max_tokens: int) -> dict[str, Any]:
    """The limit of one reply, as the model's class takes it."""
    if not hasattr(model, "num_predict"):
        return {"max_tokens": max_tokens}
    # What is given for one call replaces all that the model was opened with.
    kept = {name: getattr(model, name, None) for name in ("temperature", "num_ctx")}
    options = {name: value for name, value in kept.items() if value is not None}
    return {"options": options | {"num_predict": max_tokens}}


def counts_on(model: "BaseChatModel") -> bool:
    """Whether a count of tokens in one chunk holds those before it, as OpenAI's protocol has it.

    LangChain's packages for other protocols make differences of them, which add up.
    """
    return any(kind.__name__ == "BaseChatOpenAI" for kind in type(model).__mro__)


def host_of(settings: Settings) -> str:
    """The host that the model would contact, as its package decides where no address is set."""
    address = settings.llm_base_url or _default_address(settings)
    parts = urlsplit(address)
    if not parts.netloc:
        return f"the default host of {provider_of(settings)}"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"  # never a password


def _options(settings: Settings) -> dict[str, Any]:
    """What the provider's class takes; it doesn't try again, since the caller does."""
    address, key = settings.llm_base_url, settings.llm_api_key or "none"
    if provider_of(settings) == "ollama":
        # It needs no key; the header keeps its package from sending OLLAMA_API_KEY.
        headers = {"headers": {"Authorization": f"Bearer {key}"}} if address else {}
        # Ollama drops the beginning of what is longer than its own default, and says nothing.
        context = min(settings.llm_budget_tokens, MOST_CONTEXT_TOKENS)
        client = {"timeout": settings.llm_timeout_s} | headers
        return {"num_ctx": context, "client_kwargs": client, "base_url": address or None}
    options: dict[str, Any] = {"max_retries": 0, "timeout": settings.llm_timeout_s}
    if not address:
        return options
    if provider_of(settings) == "openai":
        # By a model's name its package would turn to an interface that few others have.
        options["use_responses_api"] = False
    return options | {"base_url": address, "api_key": key}


def _keep_to_one_host(model: object, settings: Settings) -> None:
    """Follow no server elsewhere, and tell another server nothing of the account at the provider's.

    The packages have no setting for it; the tests hold that it works.
    """
    for path in ("root_async_client._client", "_async_client._client"):
        client = _at(model, path)
        if hasattr(client, "follow_redirects"):
            client.follow_redirects = False
    account = _at(model, "root_async_client")
    if settings.llm_base_url and hasattr(account, "organization"):
        account.organization = account.project = None


def _how_to_install(provider: str, error: ImportError) -> str:
    named = re.search(r"pip install \W?([\w-]+)", str(error))
    package = named.group(1) if named else f"langchain-{provider.replace('_', '-')}"
    command = f"pip install {EXTRAS.get(package, package)}"
    return f"The package for {provider} models is not installed; run: {command}"


def _how_to_open(settings: Settings, error: Exception) -> str:
    provider = provider_of(settings)
    if variable := missing_key(error):
        return f"{settings.llm} needs a key; set {variable}."
    if "Unsupported provider" in str(error):
        return (
            f"QA_LLM={settings.llm} names the provider {provider!r}, which is not known; take "
            "`ollama`, `openai`, `anthropic` or another that LangChain opens, or `openai` with "
            "QA_LLM_BASE_URL for any server that speaks its protocol."
        )
    kind = type(error).__name__
    return f"{settings.llm} could not be opened ({kind}); check QA_LLM and QA_LLM_BASE_URL."


def _default_address(settings: Settings) -> str:
    """Where the provider's package would go; "" where it can't be opened or doesn't tell."""
    try:
        model = open_chat_model(settings, with_temperature=False)
    except BadRequest:
        return ""
    paths = ("root_async_client.base_url", "anthropic_api_url", "_async_client._client.base_url")
    return next((str(found) for path in paths if (found := _at(model, path))), "")


def _at(start: object, path: str) -> Any:  # Any: whatever a provider's class holds there
    try:
        return attrgetter(path)(start)
    except AttributeError:
        return None
