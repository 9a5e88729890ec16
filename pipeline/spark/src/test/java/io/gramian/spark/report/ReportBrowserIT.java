package io.gramian.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page in a real browser, opened from the disk. Pictures go to {@code target/report-it}. */
class ReportBrowserIT {

  /** For each figure: its name, the series it says it drew, and pixels that are not empty. */
  private static final String DRAWN =
      """
      [...document.querySelectorAll('figure.chart')].filter(f => !f.hidden).map(f => {
        const canvas = f.querySelector('canvas');
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let painted = 0;
        for (let i = 3; i < pixels.length; i += 4) painted += pixels[i] > 0;
        return {id: f.id, series: Number(f.dataset.drawn), painted,
          legend: f.querySelector('.legend').textContent, width: canvas.clientWidth};
      })
      """;

  @TempDir private static Path scratch;

  private static Browser browser;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Optional<Path> chromium = Browser.find();
    assumeTrue(
        chromium.isPresent(), "no chromium on the PATH: apt-get install -y chromium to run these");
    SampleRun.reported();
    browser = Browser.start(chromium.orElseThrow(), scratch);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void show(int width, String scheme) throws IOException, InterruptedException {
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        String.format(
            Locale.ROOT,
            "{\"width\": %d, \"height\": 800, \"deviceScaleFactor\": 1, \"mobile\": %b}",
            width,
            width < 600));
    browser.call(
        "Emulation.setEmulatedMedia",
        "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"" + scheme + "\"}]}");
    browser.open(SampleRun.reported().resolve(Report.FILE));
  }

  @ParameterizedTest
  @CsvSource({"1280, light", "1280, dark", "360, light", "360, dark"})
  void everyChartIsDrawnAndNothingComplains(int width, String scheme)
      throws IOException, InterruptedException {
    show(width, scheme);
    Files.write(
        SampleRun.FOLDER.resolve("report-" + width + "-" + scheme + ".png"), browser.screenshot());

    assertThat(browser.evaluate("document.documentElement.dataset.ready").asText())
        .isEqualTo("true");
    assertThat(browser.evaluate("document.documentElement.dataset.scheme").asText())
        .isEqualTo(scheme);
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .as("the page scrolls sideways")
        .isEqualTo(width);
    JsonNode drawn = browser.evaluate(DRAWN);
    assertThat(drawn).hasSize(8).allSatisfy(chart -> assertDrawn(chart, width));
    assertQuiet();
  }

  private static void assertDrawn(JsonNode chart, int width) {
    assertThat(chart.path("series").asInt()).as("%s", chart).isPositive();
    assertThat(chart.path("painted").asInt()).as("%s", chart).isGreaterThan(2000);
    assertThat(chart.path("width").asInt()).as("%s", chart).isBetween(250, width);
    assertThat(chart.path("legend").asText()).as("%s", chart).isNotBlank();
  }

  private static void assertQuiet() {
    List<JsonNode> events = browser.events();
    assertThat(events)
        .filteredOn(event -> event.path("method").asText().matches("Runtime\\.(exc|cons).*|Log.*"))
        // The test's own reading of pixels, not the page's.
        .filteredOn(event -> !event.toString().contains("willReadFrequently"))
        .as("console")
        .isEmpty();
    assertThat(events)
        .filteredOn(event -> event.path("method").asText().equals("Network.requestWillBeSent"))
        .extracting(event -> event.path("params").path("request").path("url").asText())
        .as("only the page itself is loaded")
        .allMatch(address -> address.startsWith("file:"))
        .hasSize(1);
  }

  @Test
  void theKeyboardChoosesCouplingsAndHidesCurves() throws IOException, InterruptedException {
    show(1280, "light");
    for (String coupling : List.of("value-output", "query-key")) {
      browser.evaluate(
          "(() => { const s = document.getElementById('spectra-selector');"
              + ("s.value = 'spectrum-" + coupling + "';")
              + "s.dispatchEvent(new Event('change')); })()");
      JsonNode drawn = browser.evaluate(DRAWN);
      JsonNode last = drawn.get(drawn.size() - 1);
      assertThat(last.path("id").asText()).isEqualTo("spectrum-" + coupling);
      assertDrawn(last, 1280);
    }
    String button = "document.querySelector('#perplexity .legend button')";
    browser.evaluate(button + ".focus()");
    for (String type : List.of("rawKeyDown", "char", "keyUp")) {
      browser.call(
          "Input.dispatchKeyEvent",
          "{\"type\": \"%s\", \"key\": \" \", \"code\": \"Space\", \"text\": \" \", \"windowsVirtualKeyCode\": 32}"
              .formatted(type));
    }
    assertThat(browser.evaluate(button + ".ariaPressed").asText()).isEqualTo("false");
    assertQuiet();
  }
}
