using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>
/// What an array made by <c>Repeat</c> stands for: the array itself holds only the layers that stand for others.
/// </summary>
sealed class LayerStack(IReadOnlyList<LayerGroup> groups)
{
    /// <summary>In order, without gaps.</summary>
    public IReadOnlyList<LayerGroup> Groups { get; } = groups;

    /// <summary>How many layers the user sees.</summary>
    public int Count { get; } = groups.Sum(g => g.Count);

    /// <summary>The one loop that walks over all layers one by one; null if there is none.</summary>
    public StackScope? Scope => Groups.Count == 1 && Groups[0].Scopes.Count == 1 ? Groups[0].Scopes[0] : null;

    /// <summary>Whether loops walk over some of the layers.</summary>
    public bool HasLoops => Groups.Any(g => g.IsLoop);

    /// <summary>
    /// Where the layer of an index is: its group, its place in the period and the iteration that reaches it.
    /// </summary>
    public (LayerGroup Group, int Place, int Iteration) Find(int index)
    {
        LayerGroup group = Groups.Last(g => g.Start <= index);
        return (group, (index - group.Start) % group.Period, (index - group.Start) / group.Period);
    }

    /// <summary>What stands for the index in names of an element of the recorded array.</summary>
    public string PartOf(int element)
    {
        LayerGroup group = Groups.Last(g => g.First <= element);
        return group.IsLoop ? group.Scopes[element - group.First].Part
            : group.Start.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether one counter can walk over both at once.</summary>
    public bool Matches(LayerStack other) =>
        Groups.Count == other.Groups.Count && Groups.Zip(other.Groups, (a, b) => a.Matches(b)).All(same => same);
}
