using System;

namespace ModelCompiler.Runtime.Data;

/// <summary>How many numbers an item of a data set has: what a model reads, and what it is to answer.</summary>
/// <param name="Features">Real numbers that the model reads, such as the grey levels of an image.</param>
/// <param name="Ids">Whole numbers that the model reads, such as the characters of a text.</param>
/// <param name="Targets">Real numbers that the model is to answer.</param>
/// <param name="Labels">Whole numbers that the model is to answer, such as a class.</param>
public readonly record struct ItemShape(int Features = 0, int Ids = 0, int Targets = 0, int Labels = 0)
{
    /// <summary>The same numbers for each of several items.</summary>
    internal ItemShape Check(string name)
    {
        if (Features < 0 || Ids < 0 || Targets < 0 || Labels < 0 || this == default)
            throw new ArgumentException($"{name} has items of {this}; each count must be at least 0, and one above it.",
                nameof(name));
        return this;
    }

    /// <summary>Such as "64 features, 1 label".</summary>
    public override string ToString()
    {
        string text = Part(Features, "feature") + Part(Ids, "id") + Part(Targets, "target") + Part(Labels, "label");
        return text.Length == 0 ? "nothing" : text[2..];
    }

    static string Part(int count, string name) => count == 0 ? "" : $", {count} {name}{(count == 1 ? "" : "s")}";
}
