package io.gramian.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium, spoken to over the DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int PATIENCE = 60;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
  private final List<JsonNode> events = new ArrayList<>();
  private int calls;

  private Browser(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new Listener()).join();
  }

  /** The browser on the PATH, if there is one. */
  static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts a browser with an empty profile in {@code scratch}, on an empty page. */
  static Browser start(Path executable, Path scratch) throws IOException, InterruptedException {
    Path log = scratch.resolve("chromium.log");
    Process process =
        new ProcessBuilder(
                executable.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + scratch.resolve("profile"),
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      return new Browser(process, page(endpoint(process, log)));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** {@code ws://127.0.0.1:PORT/devtools/browser/ID}, which Chromium prints once it listens. */
  private static URI endpoint(Process process, Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (System.nanoTime() < end && !process.waitFor(50, TimeUnit.MILLISECONDS)) {
      for (String line : Files.readAllLines(log)) {
        if (line.startsWith("DevTools listening on ")) {
          return URI.create(line.substring(line.indexOf("ws://")).strip());
        }
      }
    }
    throw new IOException("Chromium does not listen: " + Files.readString(log));
  }

  private static URI page(URI browser) throws IOException {
    URI list = URI.create("http://" + browser.getAuthority() + "/json/list");
    JsonNode targets;
    try (InputStream in = list.toURL().openStream()) {
      targets = JSON.readTree(in);
    }
    for (JsonNode target : targets) {
      if (target.path("type").asText().equals("page")) {
        return URI.create(target.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new IOException("Chromium has no page: " + targets);
  }

  /** Calls a method of the protocol. */
  JsonNode call(String method, String parameters) throws IOException, InterruptedException {
    int id = ++calls;
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.readTree(parameters));
    socket.sendText(message.toString(), true).join();
    JsonNode answer = await(id);
    if (answer.has("error") || answer.path("result").has("exceptionDetails")) {
      throw new IOException(method + " " + parameters + ": " + answer);
    }
    return answer.path("result");
  }

  private JsonNode await(int id) throws IOException, InterruptedException {
    while (true) {
      JsonNode message = messages.poll(PATIENCE, TimeUnit.SECONDS);
      if (message == null) {
        throw new IOException("Chromium does not answer");
      }
      if (message.path("id").asInt() == id) {
        return message;
      }
      events.add(message);
    }
  }

  /** The value of a JavaScript expression; a promise is waited for. */
  JsonNode evaluate(String expression) throws IOException, InterruptedException {
    ObjectNode parameters = JSON.createObjectNode().put("expression", expression);
    parameters.put("returnByValue", true).put("awaitPromise", true);
    return call("Runtime.evaluate", parameters.toString()).path("result").path("value");
  }

  /** Opens a file and waits until all of it is there. */
  void open(Path file) throws IOException, InterruptedException {
    events.clear();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", "{}");
    }
    ObjectNode address = JSON.createObjectNode().put("url", file.toUri().toString());
    call("Page.navigate", address.toString());
    evaluate(
        "new Promise(done => document.readyState === 'complete' ? done()"
            + " : addEventListener('load', done))");
  }

  /** Events of the protocol since the page was opened. */
  List<JsonNode> events() {
    return List.copyOf(events);
  }

  /** A picture of the whole page. */
  byte[] screenshot() throws IOException, InterruptedException {
    JsonNode picture =
        call("Page.captureScreenshot", "{\"format\": \"png\", \"captureBeyondViewport\": true}");
    return Base64.getDecoder().decode(picture.path("data").asText());
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    process.onExit().orTimeout(PATIENCE, TimeUnit.SECONDS).join();
  }

  /** Puts whole messages into the queue. */
  private final class Listener implements WebSocket.Listener {

    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        messages.add(parse(text.toString()));
        text.setLength(0);
      }
      webSocket.request(1);
      return null;
    }

    private static JsonNode parse(String message) {
      try {
        return JSON.readTree(message);
      } catch (IOException e) {
        throw new IllegalStateException(message, e);
      }
    }
  }
}
