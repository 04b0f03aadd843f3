using System;
using System.Linq;
using System.Runtime.CompilerServices;
using ModelCompiler.Graphs;
using ModelCompiler.IR;

namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>Which repetition a recorded array of layers stands for; it holds one element, which stands for all.</summary>
    static readonly ConditionalWeakTable<Array, StackScope> Scopes = new();

    public static partial TLayer[] Repeat<TLayer>(int count, Func<TLayer> create) where TLayer : class
    {
        StackScope scope = RepeatScope.Open(count, Recorder.Current.Scope);
        try
        {
            TLayer[] one = [create()];
            Scopes.Add(one, scope);
            return one;
        }
        finally
        {
            RepeatScope.Close(scope);
        }
    }

    /// <summary>Layers that are told their index may differ from each other: each is made on its own.</summary>
    public static partial TLayer[] Repeat<TLayer>(int count, Func<int, TLayer> create) where TLayer : class =>
        [.. Enumerable.Range(0, count).Select(create)];

    /// <summary>The repetition of an array made by Repeat; null for an array of distinct layers.</summary>
    internal static StackScope? ScopeOf(Array layers) =>
        Scopes.TryGetValue(layers, out StackScope? scope) ? scope : null;
}

/// <summary>Opening and closing a repetition, for library arrays and for the interpreter's.</summary>
static class RepeatScope
{
    public static StackScope Open(int count, string path)
    {
        if (count < 1) throw new ShapeException($"Repeat: a count of {count} makes no layers; it must be at least 1") { Id = "MC1008" };
        var scope = new StackScope(count, path);
        Recorder.Current.Stacks.Add(scope);
        return scope;
    }

    public static void Close(StackScope scope) => Recorder.Current.Stacks.Remove(scope);
}
