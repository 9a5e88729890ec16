package io.gramian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunManifestTest {

  private static final String SHA =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private static final String JSON =
      """
      {
        "commandLine": [
          "sort",
          "--output",
          "run"
        ],
        "failure": "user-error",
        "inputs": {
          "a.jsonl": "%1$s",
          "model/config.json": "%1$s"
        },
        "phases": [
          {
            "end": "2026-11-21T22:00:01.500Z",
            "fingerprint": "f1",
            "name": "calibrate",
            "outputs": [
              {
                "bytes": 3,
                "file": "statistics/0.bin",
                "sha256": "%1$s"
              },
              {
                "bytes": 4,
                "file": "statistics/1.bin",
                "sha256": "%1$s"
              }
            ],
            "sparkJobs": [
              2,
              0
            ],
            "start": "2026-11-21T22:00:00Z"
          }
        ],
        "recipe": {
          "keep": [
            1.0,
            0.85
          ],
          "nested": {
            "a": true,
            "b": null
          },
          "samples": 64
        },
        "runId": "run",
        "versions": {
          "java": "17",
          "spark": "4.1.0"
        }
      }
      """
          .formatted(SHA);

  @TempDir private Path folder;

  @Test
  void writtenBytesAreStableAndComeBack() throws IOException {
    Directory run = LocalDirectory.of(folder);
    RunManifest manifest = example();
    manifest.write(run);
    assertThat(Files.readString(folder.resolve("manifest.json"))).isEqualTo(JSON);
    assertThat(RunManifest.read(run)).contains(manifest);
    assertThat(run.list()).containsExactly("manifest.json");
  }

  @Test
  void noManifestIsEmpty() {
    assertThat(RunManifest.read(LocalDirectory.of(folder.resolve("none")))).isEmpty();
  }

  @Test
  void phaseReplacesTheOneOfItsName() {
    RunManifest.Phase sort = phase("sort", "f2", output("z", 1), output("a", 2));
    RunManifest.Phase again = phase("calibrate", "f3", output("m", 3));
    RunManifest manifest = example().withPhase(sort).withPhase(again);
    assertThat(manifest.phases()).containsExactly(again, sort);
    assertThat(manifest.phase("calibrate")).contains(again);
    assertThat(manifest.phase("evaluate")).isEmpty();
    assertThat(manifest.outputs()).containsExactly(output("a", 2), output("m", 3), output("z", 1));
    RunManifest restarted = manifest.restarted(List.of("compress"));
    assertThat(restarted.failure()).isEqualTo(FailureCategory.NONE);
    assertThat(restarted.commandLine()).containsExactly("compress");
    assertThat(restarted.phases()).isEqualTo(manifest.phases());
  }

  @Test
  void outputsAreComparedByLengthAndDigest() throws IOException {
    Directory run = LocalDirectory.of(folder);
    Files.writeString(folder.resolve("file"), "abc");
    RunManifest.Output output = RunManifest.Output.of(run, "file");
    assertThat(output).isEqualTo(new RunManifest.Output("file", SHA, 3));
    assertThat(output.isIntact(run)).isTrue();
    Files.writeString(folder.resolve("file"), "abd");
    assertThat(output.isIntact(run)).isFalse();
    Files.writeString(folder.resolve("file"), "abcd");
    assertThat(output.isIntact(run)).isFalse();
    Files.delete(folder.resolve("file"));
    assertThat(output.isIntact(run)).isFalse();
    assertThatThrownBy(() -> new RunManifest.Output("file", "ABC", 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output 'file' of 3 bytes with SHA-256 'ABC'");
  }

  @Test
  void recipeHoldsPlainValuesOnly() {
    RunManifest manifest = RunManifest.start("run", List.of());
    assertThatThrownBy(() -> manifest.withRecipe(Map.of("at", Instant.EPOCH)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1970-01-01T00:00:00Z is of class java.time.Instant, which JSON does not know");
    assertThat(manifest.withRecipe(Map.of("a", 0.85f, "b", (Object) 2)).recipe())
        .isEqualTo(Map.of("a", 0.85, "b", 2L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"runId\": \"run\"|\"runId\": null|damaged at 'runId': Null value for creator property",
        "\"runId\": \"run\"|\"run\": 1, \"runId\": \"run\"|damaged at 'run': "
            + "Unrecognized field \"run\"; delete it to start the run afresh",
        "\"runId\"|\"other\"|damaged at 'runId': "
            + "Missing creator property 'runId'; delete it to start the run afresh",
        "\"f1\"|[]|damaged at 'phases.0.fingerprint': Cannot deserialize",
        "2026-11-21T22:00:00Z|yesterday|damaged at 'phases.0.start': "
            + "'yesterday' is no time in ISO 8601; delete it to start the run afresh",
        "\"bytes\": 3|\"bytes\": \"3\"|damaged at 'phases.0.outputs.0.bytes': Cannot coerce",
        "user-error|Other|damaged at 'failure': Cannot deserialize",
        "\"samples\": 64|\"samples\": }|not valid JSON at line ",
      })
  void damageIsNamed(String good, String bad, String message) throws IOException {
    assertThat(JSON).contains(good);
    Files.writeString(folder.resolve("manifest.json"), JSON.replace(good, bad));
    assertThatThrownBy(() -> RunManifest.read(LocalDirectory.of(folder)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder + "/manifest.json: " + message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void randomDamageIsSurvivedOrExplained() {
    byte[] valid = JSON.getBytes(UTF_8);
    int refused = 0;
    for (int seed = 1; seed <= 500; seed++) {
      Random random = new Random(seed);
      byte[] bytes = valid.clone();
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
      if (random.nextInt(5) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        Files.write(folder.resolve("manifest.json"), bytes);
        RunManifest.read(LocalDirectory.of(folder));
      } catch (UserException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d", seed).doesNotContain("\n");
      } catch (IOException | RuntimeException e) {
        fail("seed " + seed, e);
      }
    }
    assertThat(refused).isBetween(100, 499);
  }

  private static RunManifest example() {
    Map<String, Object> nested = new LinkedHashMap<>();
    nested.put("b", null);
    nested.put("a", true);
    return RunManifest.start("run", List.of("sort", "--output", "run"))
        .withRecipe(Map.of("samples", 64, "keep", List.of(1.0, 0.85), "nested", nested))
        .withVersions(Map.of("spark", "4.1.0", "java", "17"))
        .withInputs(Map.of("model/config.json", SHA, "a.jsonl", SHA))
        .withFailure(FailureCategory.USER_ERROR)
        .withPhase(
            phase("calibrate", "f1", output("statistics/1.bin", 4), output("statistics/0.bin", 3)));
  }

  private static RunManifest.Phase phase(
      String name, String fingerprint, RunManifest.Output... outputs) {
    return new RunManifest.Phase(
        name,
        fingerprint,
        Instant.parse("2026-11-21T22:00:00Z"),
        Instant.parse("2026-11-21T22:00:01.5Z"),
        List.of(2, 0),
        List.of(outputs));
  }

  private static RunManifest.Output output(String file, long bytes) {
    return new RunManifest.Output(file, SHA, bytes);
  }

  @Test
  void phasesGoWithWhatTheyWereMadeFrom() {
    RunManifest manifest =
        RunManifest.start("run", List.of("sort"))
            .withRecipe(Map.of("calibrate", Map.of(), "sort", Map.of(), "model", "m"))
            .withPhase(finished("calibrate"))
            .withPhase(finished("sort"))
            .withFailure(FailureCategory.USER_ERROR);
    RunManifest left = manifest.without(Set.of("sort", "allocate"));
    assertThat(left.phases()).containsExactly(finished("calibrate"));
    assertThat(left.recipe()).containsOnlyKeys("calibrate", "model");
    assertThat(left.failure()).isEqualTo(FailureCategory.NONE);
  }

  private static RunManifest.Phase finished(String name) {
    return new RunManifest.Phase(name, "f", Instant.EPOCH, Instant.EPOCH, List.of(), List.of());
  }
}
