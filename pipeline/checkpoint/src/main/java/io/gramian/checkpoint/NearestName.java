package io.gramian.checkpoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the name that somebody may have meant: the one at the least edit distance. */
final class NearestName {

  private NearestName() {}

  /**
   * The failure to find {@code wanted} among {@code names}; of equally near names the first counts.
   * Cost: length of the name squared, for every name.
   */
  static UserException missingTensor(String where, String wanted, Collection<String> names) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String advice =
        names.stream()
            .min(Comparator.comparingInt(name -> distance.apply(wanted, name)))
            .map(
                name ->
                    String.format(
                        Locale.ROOT, "the nearest of its %d names is '%s'", names.size(), name))
            .orElse("it holds no tensors at all");
    return new UserException(
        String.format(Locale.ROOT, "%s: no tensor '%s'; %s", where, wanted, advice));
  }
}
