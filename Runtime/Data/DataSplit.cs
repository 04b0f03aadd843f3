using System;
using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.Runtime.Data;

/// <summary>A data set in three parts that share no item.</summary>
/// <param name="Training">What parameters are fitted to.</param>
/// <param name="Validation">What decides when to stop and which checkpoint to keep; null where none was asked for.
/// </param>
/// <param name="Test">What the result is reported on; null where none was asked for.</param>
public sealed record DataSplit(Dataset Training, Dataset? Validation, Dataset? Test)
{
    internal static DataSplit Of(Dataset data, double validation, double test, ulong seed, bool stratified)
    {
        if (!(validation is >= 0 and < 1) || !(test is >= 0 and < 1) || validation + test >= 1)
            throw new ArgumentException(
                $"Fractions {validation} for validation and {test} for testing leave nothing to train on; both must " +
                "be at least 0 and their sum below 1.");
        if (stratified && data.Shape.Labels != 1)
            throw new ArgumentException(
                $"{data.Name} has items of {data.Shape}; a stratified split needs exactly one label an item.",
                nameof(stratified));
        List<int> training = [], forValidation = [], forTest = [];
        foreach (int[] group in stratified ? ByLabel(data) : [[.. Enumerable.Range(0, data.Length)]])
        {
            // The shuffle of a group is that of a data set of its length: it depends on the seed and nothing else.
            var order = new Shuffle(group.Length, seed, epoch: 0);
            int tests = Count(test, group.Length), validations = Count(validation, group.Length);
            for (int i = 0; i < group.Length; i++)
            {
                List<int> part = i < tests ? forTest : i < tests + validations ? forValidation : training;
                part.Add(group[order[i]]);
            }
        }
        if (training.Count == 0)
            throw new ArgumentException(
                $"{data.Name} has {data.Length} items; fractions {validation} and {test} leave none to train on.");
        return new(Part(data, training, null)!, Part(data, forValidation, validation), Part(data, forTest, test));
    }

    static int Count(double fraction, int length) => (int)Math.Round(fraction * length, MidpointRounding.AwayFromZero);

    /// <summary>In the data's own order, so that files are read from front to back.</summary>
    static Dataset? Part(Dataset data, List<int> items, double? fraction)
    {
        if (fraction == 0) return null;
        if (items.Count == 0)
            throw new ArgumentException(
                $"{data.Name} has {data.Length} items; a fraction of {fraction} is none of them. Ask for more, or 0.");
        items.Sort();
        return data.Select([.. items]);
    }

    static IEnumerable<int[]> ByLabel(Dataset data)
    {
        ItemShape shape = data.Shape;
        var (features, ids, targets) = (new float[shape.Features], new int[shape.Ids], new float[shape.Targets]);
        var label = new int[1];
        var groups = new SortedDictionary<int, List<int>>();
        for (int i = 0; i < data.Length; i++)
        {
            data.Read(i, new Item(features, ids, targets, label));
            if (!groups.TryGetValue(label[0], out List<int>? group)) groups.Add(label[0], group = []);
            group.Add(i);
        }
        return groups.Values.Select(g => g.ToArray());
    }
}
