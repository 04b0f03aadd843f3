using System;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.Graphs;

/// <summary>Gives a lambda of an interpreted body the delegate type that a library method asks for.</summary>
static class DelegateAdapter
{
    /// <param name="type">A Func of up to three parameters.</param>
    /// <param name="run">The lambda over boxed arguments.</param>
    public static object Create(Type type, Func<object?[], object?> run)
    {
        Type[] arguments = type.GetGenericArguments();
        MethodInfo adapter = typeof(DelegateAdapter).GetMethods(BindingFlags.NonPublic | BindingFlags.Static)
            .First(m => m.Name == nameof(Adapt) && m.GetGenericArguments().Length == arguments.Length);
        return adapter.MakeGenericMethod(arguments).Invoke(null, [run])!;
    }

    static Func<R> Adapt<R>(Func<object?[], object?> run) => () => (R)run([])!;
    static Func<A, R> Adapt<A, R>(Func<object?[], object?> run) => a => (R)run([a])!;
    static Func<A, B, R> Adapt<A, B, R>(Func<object?[], object?> run) => (a, b) => (R)run([a, b])!;
    static Func<A, B, C, R> Adapt<A, B, C, R>(Func<object?[], object?> run) => (a, b, c) => (R)run([a, b, c])!;
}

/// <summary>A lambda called by the library failed; its error has been reported.</summary>
sealed class LambdaFailed() : Exception("A lambda of the model has an error.");
