package io.gramian.spark.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * From a {@link Page} to HTML: the template {@code report.html} with {@code report.css}, {@code
 * report.js} and the charting library inlined.
 *
 * <p>The template escapes every text. The charts' data is JSON in a {@code script} element, in
 * which {@code <} is written as {@code \}{@code u003c}, so that no text can end the element.
 */
final class PageTemplate {

  private static final String LIBRARY = "chart.js";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private PageTemplate() {}

  /** The page as UTF-8; the same page gives the same bytes. */
  static byte[] render(Page page) throws IOException {
    String version = libraryVersion();
    String library = "/META-INF/resources/webjars/" + LIBRARY + "/" + version + "/";
    List<Chart> charts = page.sections().stream().flatMap(s -> s.charts().stream()).toList();
    Map<String, Object> inlined =
        Map.of(
            "page", page,
            "style", text("report.css"),
            "script", text("report.js"),
            "data", json(charts),
            "library", text(library + "dist/chart.umd.min.js").replaceAll("//# source.*", ""),
            "libraryVersion", version,
            "libraryLicence", text(library + "LICENSE.md"));
    String html =
        Mustache.compiler()
            .escapeHTML(true)
            .withLoader(name -> new StringReader(text(name + ".html")))
            .compile(text("report.html"))
            .execute(inlined);
    return html.getBytes(StandardCharsets.UTF_8);
  }

  private static String json(List<Chart> charts) throws JsonProcessingException {
    return JSON.writeValueAsString(charts).replace("<", "\\u003c");
  }

  /** The library's folder is named after its version, which only its own jar knows. */
  private static String libraryVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars.npm/" + LIBRARY + "/pom.properties")) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = PageTemplate.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(resource + " is missing from the class path");
    }
    return in;
  }
}
