// A native addon that calls every family of Node-API; program.ts uses it.
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct env_* napi_env;
typedef struct value_* napi_value;
typedef struct info_* napi_callback_info;
typedef struct ref_* napi_ref;
typedef struct deferred_* napi_deferred;
typedef struct work_* napi_async_work;
typedef struct threadsafe_* napi_threadsafe_function;
typedef void* napi_handle_scope;
typedef int napi_status;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
typedef void (*napi_finalize)(napi_env, void*, void*);
typedef struct {
  const char* utf8name;
  napi_value name;
  napi_callback method, getter, setter;
  napi_value value;
  int attributes;
  void* data;
} napi_property_descriptor;
typedef struct {
  const char* error_message;
  void* engine_reserved;
  uint32_t engine_error_code;
  napi_status error_code;
} napi_extended_error_info;

#define AUTO SIZE_MAX
#define API napi_status
API napi_get_cb_info(napi_env, napi_callback_info, size_t*, napi_value*, napi_value*, void**);
API napi_create_function(napi_env, const char*, size_t, napi_callback, void*, napi_value*);
API napi_set_named_property(napi_env, napi_value, const char*, napi_value);
API napi_get_named_property(napi_env, napi_value, const char*, napi_value*);
API napi_create_double(napi_env, double, napi_value*);
API napi_create_int32(napi_env, int32_t, napi_value*);
API napi_get_value_double(napi_env, napi_value, double*);
API napi_get_value_int32(napi_env, napi_value, int32_t*);
API napi_get_value_int64(napi_env, napi_value, int64_t*);
API napi_get_value_uint32(napi_env, napi_value, uint32_t*);
API napi_create_int64(napi_env, int64_t, napi_value*);
API napi_typeof(napi_env, napi_value, int*);
API napi_create_string_utf8(napi_env, const char*, size_t, napi_value*);
API napi_get_value_string_utf8(napi_env, napi_value, char*, size_t, size_t*);
API napi_get_value_string_utf16(napi_env, napi_value, uint16_t*, size_t, size_t*);
API napi_create_string_utf16(napi_env, const uint16_t*, size_t, napi_value*);
API napi_create_object(napi_env, napi_value*);
API napi_create_array(napi_env, napi_value*);
API napi_set_element(napi_env, napi_value, uint32_t, napi_value);
API napi_get_element(napi_env, napi_value, uint32_t, napi_value*);
API napi_get_array_length(napi_env, napi_value, uint32_t*);
API napi_get_all_property_names(napi_env, napi_value, int, int, int, napi_value*);
API napi_define_class(napi_env, const char*, size_t, napi_callback, void*, size_t,
                      const napi_property_descriptor*, napi_value*);
API napi_wrap(napi_env, napi_value, void*, napi_finalize, void*, napi_ref*);
API napi_unwrap(napi_env, napi_value, void**);
API napi_remove_wrap(napi_env, napi_value, void**);
API napi_get_undefined(napi_env, napi_value*);
API napi_get_boolean(napi_env, bool, napi_value*);
API napi_call_function(napi_env, napi_value, napi_value, size_t, const napi_value*, napi_value*);
API napi_new_instance(napi_env, napi_value, size_t, const napi_value*, napi_value*);
API napi_get_new_target(napi_env, napi_callback_info, napi_value*);
API napi_throw_error(napi_env, const char*, const char*);
API napi_throw_type_error(napi_env, const char*, const char*);
API napi_is_exception_pending(napi_env, bool*);
API napi_get_and_clear_last_exception(napi_env, napi_value*);
API napi_get_last_error_info(napi_env, const napi_extended_error_info**);
API napi_create_reference(napi_env, napi_value, uint32_t, napi_ref*);
API napi_delete_reference(napi_env, napi_ref);
API napi_get_reference_value(napi_env, napi_ref, napi_value*);
API napi_open_handle_scope(napi_env, napi_handle_scope*);
API napi_close_handle_scope(napi_env, napi_handle_scope);
API napi_create_buffer_copy(napi_env, size_t, const void*, void**, napi_value*);
API napi_get_buffer_info(napi_env, napi_value, void**, size_t*);
API napi_create_external_arraybuffer(napi_env, void*, size_t, napi_finalize, void*, napi_value*);
API napi_get_typedarray_info(napi_env, napi_value, int*, size_t*, void**, napi_value*, size_t*);
API napi_create_promise(napi_env, napi_deferred*, napi_value*);
API napi_resolve_deferred(napi_env, napi_deferred, napi_value);
API napi_create_async_work(napi_env, napi_value, napi_value, void (*)(napi_env, void*),
                           void (*)(napi_env, napi_status, void*), void*, napi_async_work*);
API napi_queue_async_work(napi_env, napi_async_work);
API napi_delete_async_work(napi_env, napi_async_work);
API napi_create_threadsafe_function(napi_env, napi_value, napi_value, napi_value, size_t, size_t,
                                    void*, napi_finalize, void*,
                                    void (*)(napi_env, napi_value, void*, void*),
                                    napi_threadsafe_function*);
API napi_call_threadsafe_function(napi_threadsafe_function, void*, int);
API napi_release_threadsafe_function(napi_threadsafe_function, int);
API napi_create_external(napi_env, void*, napi_finalize, void*, napi_value*);
API napi_get_value_external(napi_env, napi_value, void**);
API napi_get_value_bigint_words(napi_env, napi_value, int*, size_t*, uint64_t*);
API napi_create_bigint_words(napi_env, int, size_t, const uint64_t*, napi_value*);
API napi_set_instance_data(napi_env, void*, napi_finalize, void*);
API napi_get_instance_data(napi_env, void**);
API napi_strict_equals(napi_env, napi_value, napi_value, bool*);
API napi_run_script(napi_env, napi_value, napi_value*);
API napi_get_version(napi_env, uint32_t*);

#define ARGUMENTS(count)                                        \
  size_t argc = count;                                          \
  napi_value argv[count], self, result;                         \
  void* data;                                                   \
  napi_get_cb_info(env, info, &argc, argv, &self, &data);       \
  napi_get_undefined(env, &result)

static napi_value add(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  double one, other;
  if (napi_get_value_double(env, argv[0], &one) || napi_get_value_double(env, argv[1], &other)) {
    const napi_extended_error_info* last;
    napi_get_last_error_info(env, &last);
    napi_throw_type_error(env, "ERR_ADD", last->error_message);
    return NULL;
  }
  napi_create_double(env, one + other, &result);
  return result;
}

static napi_value kind(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int type;
  napi_typeof(env, argv[0], &type);
  napi_create_int32(env, type, &result);
  return result;
}

static napi_value integers(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int32_t small = 0;
  uint32_t positive = 0;
  int64_t large = 0;
  napi_get_value_int32(env, argv[0], &small);
  napi_get_value_uint32(env, argv[0], &positive);
  napi_get_value_int64(env, argv[0], &large);
  napi_value list, value;
  napi_create_array(env, &list);
  napi_create_int32(env, small, &value);
  napi_set_element(env, list, 0, value);
  napi_create_double(env, positive, &value);
  napi_set_element(env, list, 1, value);
  napi_create_int64(env, large, &value);
  napi_set_element(env, list, 2, value);
  return list;
}

static napi_value text(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  char buffer[64];
  uint16_t wide[64];
  size_t length, room, units;
  double limit;
  napi_get_value_double(env, argv[1], &limit);
  room = (size_t)limit;
  napi_get_value_string_utf8(env, argv[0], NULL, 0, &length);
  size_t written;
  napi_get_value_string_utf8(env, argv[0], buffer, room, &written);
  napi_get_value_string_utf16(env, argv[0], wide, 64, &units);
  napi_value list, value;
  napi_create_array(env, &list);
  napi_create_double(env, length, &value);
  napi_set_element(env, list, 0, value);
  napi_create_string_utf8(env, buffer, written, &value);
  napi_set_element(env, list, 1, value);
  napi_create_string_utf16(env, wide, units, &value);
  napi_set_element(env, list, 2, value);
  return list;
}

static napi_value call(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  napi_status status = napi_call_function(env, argv[1], argv[0], 1, &argv[2], &result);
  bool pending;
  napi_is_exception_pending(env, &pending);
  if (!pending) return result;
  napi_value list, value;
  napi_create_array(env, &list);
  napi_create_int32(env, status, &value);
  napi_set_element(env, list, 0, value);
  napi_get_and_clear_last_exception(env, &value);
  napi_set_element(env, list, 1, value);
  return list;
}

static napi_value names(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  if (napi_get_all_property_names(env, argv[0], 1, 0, 1, &result)) return NULL;
  return result;
}

static napi_value fail(napi_env env, napi_callback_info info) {
  (void)info;
  napi_throw_error(env, "ERR_NATIVE", "native failure");
  return NULL;
}

typedef struct {
  double count;
} Counter;

static int freed = 0;

static void free_counter(napi_env env, void* data, void* hint) {
  (void)env;
  (void)hint;
  free(data);
  freed += 1;
}

static napi_value counter_new(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  napi_value target;
  napi_get_new_target(env, info, &target);
  if (target == NULL) {
    napi_throw_type_error(env, NULL, "use new");
    return NULL;
  }
  Counter* counter = malloc(sizeof *counter);
  if (napi_get_value_double(env, argv[0], &counter->count)) counter->count = 0;
  napi_wrap(env, self, counter, free_counter, NULL, NULL);
  return self;
}

static napi_value counter_increase(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  Counter* counter;
  if (napi_unwrap(env, self, (void**)&counter)) {
    napi_throw_error(env, NULL, "not a counter");
    return NULL;
  }
  counter->count += 1;
  return self;
}

static napi_value counter_get(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  Counter* counter;
  if (napi_unwrap(env, self, (void**)&counter)) return result;
  napi_create_double(env, counter->count, &result);
  return result;
}

static napi_value counter_set(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  Counter* counter;
  if (!napi_unwrap(env, self, (void**)&counter)) {
    napi_get_value_double(env, argv[0], &counter->count);
  }
  return result;
}

static napi_value counters_freed(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_create_int32(env, freed, &result);
  return result;
}

static napi_value bytes(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int type;
  size_t length, offset;
  unsigned char* start;
  napi_value buffer;
  if (napi_get_typedarray_info(env, argv[0], &type, &length, (void**)&start, &buffer, &offset)) {
    napi_throw_error(env, NULL, "not a view");
    return NULL;
  }
  napi_value list, value;
  napi_create_array(env, &list);
  double facts[] = {type, length, offset, start[0]};
  for (uint32_t at = 0; at < 4; at++) {
    napi_create_double(env, facts[at], &value);
    napi_set_element(env, list, at, value);
  }
  start[0] = 99;
  napi_create_buffer_copy(env, 5, "bytes", NULL, &value);
  napi_set_element(env, list, 4, value);
  return list;
}

static napi_value external_bytes(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  unsigned char* memory = malloc(4);
  memcpy(memory, "\1\2\3\4", 4);
  napi_create_external_arraybuffer(env, memory, 4, free_counter, NULL, &result);
  return result;
}

static napi_value external(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  static int secret = 42;
  void* found;
  if (!napi_get_value_external(env, argv[0], &found)) {
    napi_create_int32(env, *(int*)found, &result);
    return result;
  }
  napi_create_external(env, &secret, NULL, NULL, &result);
  return result;
}

static napi_value double_bigint(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int sign;
  size_t count = 4;
  uint64_t words[5] = {0};
  if (napi_get_value_bigint_words(env, argv[0], &sign, &count, words)) {
    napi_throw_error(env, NULL, "not a bigint");
    return NULL;
  }
  for (size_t at = count; at > 0; at--) words[at] = words[at - 1];
  words[0] = 7;
  napi_create_bigint_words(env, sign, count + 1, words, &result);
  return result;
}

static napi_ref kept;

static napi_value keep(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  if (kept) napi_delete_reference(env, kept);
  napi_create_reference(env, argv[0], 1, &kept);
  return result;
}

static napi_value take(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result;
  napi_get_reference_value(env, kept, &result);
  return result;
}

static napi_value many(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  double length = 0;
  for (int at = 0; at < 10000; at++) {
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    napi_value object;
    napi_create_object(env, &object);
    napi_set_named_property(env, object, "at", argv[0]);
    length += 1;
    napi_close_handle_scope(env, scope);
  }
  napi_create_double(env, length, &result);
  return result;
}

typedef struct {
  napi_async_work work;
  napi_deferred deferred;
  double value;
} Later;

static void later_run(napi_env env, void* data) {
  (void)env;
  ((Later*)data)->value *= 2;
}

static void later_done(napi_env env, napi_status status, void* data) {
  Later* later = data;
  napi_value value;
  napi_create_double(env, status == 0 ? later->value : -1, &value);
  napi_resolve_deferred(env, later->deferred, value);
  napi_delete_async_work(env, later->work);
  free(later);
}

static napi_value later(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  Later* later = malloc(sizeof *later);
  napi_get_value_double(env, argv[0], &later->value);
  napi_create_promise(env, &later->deferred, &result);
  napi_value name;
  napi_create_string_utf8(env, "later", AUTO, &name);
  napi_create_async_work(env, NULL, name, later_run, later_done, later, &later->work);
  napi_queue_async_work(env, later->work);
  return result;
}

#define CALLS 1000
static napi_threadsafe_function threadsafe;

static void* call_from_thread(void* unused) {
  (void)unused;
  for (intptr_t at = 0; at < CALLS; at++) {
    napi_call_threadsafe_function(threadsafe, (void*)at, 1);
  }
  napi_release_threadsafe_function(threadsafe, 0);
  return NULL;
}

static void call_js(napi_env env, napi_value function, void* context, void* data) {
  (void)context;
  napi_value self, value, result;
  napi_get_undefined(env, &self);
  napi_create_int64(env, (intptr_t)data, &value);
  napi_call_function(env, self, function, 1, &value, &result);
}

static napi_value from_thread(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  napi_value name;
  napi_create_string_utf8(env, "thread", AUTO, &name);
  napi_create_threadsafe_function(env, argv[0], NULL, name, 16, 1, NULL, NULL, NULL, call_js,
                                  &threadsafe);
  pthread_t thread;
  pthread_create(&thread, NULL, call_from_thread, NULL);
  pthread_detach(thread);
  return result;
}

static napi_value run(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  if (napi_run_script(env, argv[0], &result)) return NULL;
  return result;
}

static napi_value version(napi_env env, napi_callback_info info) {
  (void)info;
  void* data;
  napi_value result;
  napi_get_instance_data(env, &data);
  napi_create_int32(env, *(int*)data, &result);
  return result;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {
    {"add", add}, {"kind", kind}, {"integers", integers}, {"text", text}, {"call", call},
    {"names", names}, {"fail", fail}, {"bytes", bytes}, {"externalBytes", external_bytes},
    {"external", external}, {"shiftBigint", double_bigint}, {"keep", keep}, {"take", take},
    {"many", many}, {"later", later}, {"fromThread", from_thread}, {"run", run},
    {"instanceData", version}, {"countersFreed", counters_freed},
  };
  for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
    napi_value function;
    napi_create_function(env, functions[at].name, AUTO, functions[at].callback, NULL, &function);
    napi_set_named_property(env, exports, functions[at].name, function);
  }
  static int instance_data = 17;
  napi_set_instance_data(env, &instance_data, NULL, NULL);
  napi_value limit, class;
  napi_create_int32(env, 1000, &limit);
  napi_property_descriptor properties[] = {
    {.utf8name = "increase", .method = counter_increase},
    {.utf8name = "count", .getter = counter_get, .setter = counter_set, .attributes = 2 | 4},
    {.utf8name = "LIMIT", .value = limit, .attributes = 2 | 1024},
  };
  napi_define_class(env, "Counter", AUTO, counter_new, NULL, 3, properties, &class);
  napi_set_named_property(env, exports, "Counter", class);
  return exports;
}
