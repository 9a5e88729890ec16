package io.gramian.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FamiliesTest {

  @Test
  void everyFamilyOfThePackageIsListed() throws IOException, URISyntaxException {
    assertThat(Families.all())
        .extracting(family -> (Object) family.getClass())
        .containsExactlyInAnyOrderElementsOf(familiesOfThePackage());
  }

  @Test
  void modelTypesAreDistinct() {
    assertThat(Families.all()).extracting(ModelFamily::modelType).doesNotHaveDuplicates();
  }

  @Test
  void anUnknownModelTypeIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> describe(Map.of("model_type", "gpt2")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "config.json: model_type \"gpt2\" is not supported: only bamba, llama,"
                + " mamba2, nemotron_h, qwen2 are");
  }

  @Test
  void aConfigWithoutModelTypeIsRefused() {
    assertThatThrownBy(() -> describe(Map.of("hidden_size", 40)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'model_type' is missing");
  }

  @Test
  void weightsThatAreAlreadyQuantisedAreRefused() {
    Map<String, Object> quantised =
        RandomConfigs.with(
            RandomConfigs.llamaTied(),
            Map.of("quantization_config", Map.of("quant_method", "gptq")));

    assertThatThrownBy(() -> describe(quantised))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "config.json: quantization_config: the weights are already quantised; give the"
                + " checkpoint that they were made from");
  }

  private static void describe(Map<String, Object> config) {
    Families.describe(RandomCheckpoint.hfConfig(config));
  }

  private static List<Object> familiesOfThePackage() throws IOException, URISyntaxException {
    URI classes = ModelFamily.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    String name = ModelFamily.class.getPackageName();
    try (Stream<Path> files = Files.list(Path.of(classes).resolve(name.replace('.', '/')))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
          .map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
          .filter(type -> ModelFamily.class.isAssignableFrom(type) && !type.isInterface())
          .filter(type -> !Modifier.isAbstract(type.getModifiers()))
          .map(type -> (Object) type)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
