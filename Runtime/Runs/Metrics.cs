using System;
using System.Collections.Generic;

namespace ModelCompiler.Runtime.Runs;

/// <summary>Figures of one validation, by name, in the order in which they were added.</summary>
/// <example><code>
/// Validate = metrics =>
/// {
///     metrics.Add("loss", nats);
///     metrics.Add("accuracy", right / (double)images);
/// }
/// </code></example>
public sealed class Metrics
{
    readonly List<KeyValuePair<string, double>> values = [];

    /// <summary>Every figure.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Values => values;

    /// <summary>Adds a figure.</summary>
    /// <param name="name">Letters, digits and underscores, so that every log can have it; not given before.</param>
    /// <param name="value">Any number.</param>
    /// <exception cref="ArgumentException">The name has other characters, or is there already.</exception>
    public void Add(string name, double value)
    {
        bool isGood = !string.IsNullOrEmpty(name);
        foreach (char c in name ?? "") isGood &= char.IsAsciiLetterOrDigit(c) || c == '_';
        if (!isGood) throw new ArgumentException($"\"{name}\" cannot name a metric: use letters, digits and _.",
            nameof(name));
        if (TryGet(name!, out _)) throw new ArgumentException($"There are two metrics named {name}.", nameof(name));
        values.Add(new(name!, value));
    }

    /// <summary>Finds a figure.</summary>
    /// <param name="name">As it was added.</param>
    /// <param name="value">The figure; 0 where there is none.</param>
    public bool TryGet(string name, out double value)
    {
        foreach ((string key, double found) in values)
        {
            if (key != name) continue;
            value = found;
            return true;
        }
        value = 0;
        return false;
    }
}
